import { explain, ignoredReasons, isDeliveryReason, type Reason, refusedReasons } from '../../domain/reasons.ts'

/** A line of a delivery's history, as the admin API gives it. */
export interface ShownStep {
  /** ISO 8601. */
  readonly at: string
  readonly step: string
  readonly outcome: string
  readonly reason?: string
  readonly durationMs?: number
}

const steps: Readonly<Record<string, string>> = {
  receive: 'received',
  load: 'read in the ATS',
  interview: 'interview',
  'write-back': 'write-back',
  replay: 'tried again by hand',
  erase: 'person erased',
}

const outcomes: Readonly<Record<string, string>> = {
  queued: 'queued',
  active: 'active, and in the stage',
  created: 'created',
  reused: 'there was one already',
  'read-back': 'found at InterviewFlowAI',
  failed: 'failed',
  written: 'all written',
  erased: 'done',
}

/** The sentences of any reason; undefined for a word that is none. */
export function reasonWords(reason: string): Reason | undefined {
  if (isDeliveryReason(reason)) return explain(reason)
  const others: Readonly<Record<string, Reason>> = { ...ignoredReasons, ...refusedReasons }
  return Object.hasOwn(others, reason) ? others[reason] : undefined
}

/** One line of the timeline in words: time, step, what became of it, and why. */
export function stepWords({ at, step, outcome, reason, durationMs }: ShownStep): string {
  const time = at.slice(11, 23)
  const took = durationMs === undefined ? '' : ` (${Math.round(durationMs)} ms)`
  const why = reason === undefined ? undefined : reasonWords(reason)?.happened
  const what =
    outcomes[outcome] ??
    reasonWords(outcome)?.happened ??
    (/^[a-z-]+$/.test(outcome) ? outcome.replaceAll('-', ' ') : outcome)
  return `${time}  ${(steps[step] ?? step).padEnd(20)}${what}${took}${why === undefined ? '' : `: ${why}`}`
}
