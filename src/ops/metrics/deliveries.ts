import { Counter, Histogram, type Registry } from 'prom-client'
import { type Step, steps } from '../../deliver/attempt.ts'
import { LapsedError, PermanentError, RetryableError } from '../../domain/errors.ts'
import {
  type DeliveryReason,
  deadReasons,
  deliveredReasons,
  lapsedReasons,
  retryingReasons,
} from '../../domain/reasons.ts'

const DELIVERY_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400]
const STEP_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]

const ends = { delivered: deliveredReasons, lapsed: lapsedReasons, dead: deadReasons }
const stepOutcomes = ['done', 'retry', 'refused', 'unknown'] as const
const interviewOutcomes = ['created', 'reused', 'read-back', 'unknown'] as const

/** Of deliveries, their steps, and the interviews that come of them. */
export function deliveryMetrics(registry: Registry, connections: readonly string[]) {
  const registers = [registry]
  const finished = new Counter({
    name: 'bridge_deliveries_finished_total',
    help: 'Deliveries that ended as delivered, lapsed or dead',
    labelNames: ['connection', 'state', 'reason'],
    registers,
  })
  const seconds = new Histogram({
    name: 'bridge_delivery_seconds',
    help: 'Time from the receipt of the webhook to the end of the delivery, replays left out',
    labelNames: ['connection', 'state'],
    buckets: DELIVERY_BUCKETS,
    registers,
  })
  const retries = new Counter({
    name: 'bridge_retries_total',
    help: 'Deliveries put off to a later try, by reason',
    labelNames: ['connection', 'reason'],
    registers,
  })
  const attempts = new Counter({
    name: 'bridge_attempts_total',
    help: 'Steps of deliveries that were tried, and what came of it',
    labelNames: ['connection', 'step', 'outcome'],
    registers,
  })
  const stepSeconds = new Histogram({
    name: 'bridge_step_seconds',
    help: 'Duration of the steps load, interview and write-back',
    labelNames: ['step'],
    buckets: STEP_BUCKETS,
    registers,
  })
  const interviews = new Counter({
    name: 'bridge_interviews_total',
    help: 'How deliveries came by their interview; unknown: it may exist, and its link is not known yet',
    labelNames: ['outcome'],
    registers,
  })
  const stalled = new Counter({
    name: 'bridge_stalled_total',
    help: 'Deliveries taken over from a process that stopped',
    registers,
  })

  for (const connection of connections) {
    for (const [state, reasons] of Object.entries(ends)) {
      seconds.zero({ connection, state })
      for (const reason of Object.keys(reasons)) finished.inc({ connection, state, reason }, 0)
    }
    for (const reason of Object.keys(retryingReasons)) retries.inc({ connection, reason }, 0)
    for (const step of steps) for (const outcome of stepOutcomes) attempts.inc({ connection, step, outcome }, 0)
  }
  for (const step of steps) stepSeconds.zero({ step })
  for (const outcome of interviewOutcomes) interviews.inc({ outcome }, 0)

  return {
    finished(connection: string, state: keyof typeof ends, reason: DeliveryReason): void {
      finished.inc({ connection, state, reason })
    },
    took(connection: string, state: keyof typeof ends, durationMs: number): void {
      seconds.observe({ connection, state }, durationMs / 1000)
    },
    putOff(connection: string, reason: DeliveryReason): void {
      retries.inc({ connection, reason })
    },
    /** @param word the step's own for its outcome @param error what it failed with */
    stepDone(connection: string, step: Step, word: string, durationMs: number, error?: unknown): void {
      attempts.inc({ connection, step, outcome: outcomeOf(step, error) })
      stepSeconds.observe({ step }, durationMs / 1000)
      const outcome = step === 'interview' ? interviewOutcomeOf(word, error) : undefined
      if (outcome) interviews.inc({ outcome })
    },
    takenOver(): void {
      stalled.inc()
    },
  }
}

/** Only of what changes something is it unknown whether it took effect. */
function outcomeOf(step: Step, error: unknown): (typeof stepOutcomes)[number] {
  if (error === undefined || error instanceof LapsedError) return 'done'
  if (error instanceof PermanentError) return 'refused'
  return step !== 'load' && error instanceof RetryableError && error.outcome === 'unknown' ? 'unknown' : 'retry'
}

function interviewOutcomeOf(word: string, error: unknown): (typeof interviewOutcomes)[number] | undefined {
  if (error === undefined) return interviewOutcomes.find((outcome) => outcome === word)
  const isMissing = error instanceof PermanentError && error.reason === 'interview-exists-link-unknown'
  return isMissing || outcomeOf('interview', error) === 'unknown' ? 'unknown' : undefined
}
