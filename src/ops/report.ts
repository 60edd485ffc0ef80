import type { Logger } from 'pino'
import type { StepObserver } from '../deliver/attempt.ts'
import type { Delivery } from '../domain/delivery.ts'
import { reasonOf } from '../domain/errors.ts'
import type { CallObserver } from '../http/json-client.ts'
import type { Run, RunEnd } from '../journal/journal.ts'
import type { Received, RefusedUnread } from '../receive/accept-webhook.ts'
import type { Missed } from '../sweep/sweep-connection.ts'
import type { Metrics } from './metrics/metrics.ts'

/** One function per thing worth telling an operator: it writes the log record and the counter together. */
export interface Report {
  readonly observeCall: CallObserver
  /** A delivery is made to wait for the ATS's limit. */
  readonly observeWait: (connection: string, ms: number) => void
  /** @param connection its name, or empty where there is none of that name: names from strangers are not counted by */
  webhookAnswered(connection: string, received: Received, durationMs: number): void
  /** One of too many refused ones from an address: counted, not logged. */
  webhookTurnedAway(connection: string, received: Received, durationMs: number): void
  webhookRefusedUnread(connection: string, reason: RefusedUnread): void
  stepDone(connection: string, ...step: Parameters<StepObserver>): void
  attempted(delivery: Delivery, run: Run, end: RunEnd, durationMs: number): void
  deliveryTakenOver(): void
  /** @param aheadMs how far the store's clock is ahead of this machine's */
  readonly clocksCompared: (aheadMs: number) => void
  /** A sweep was carried through. */
  swept(
    connection: string,
    swept: { readonly looked: number; readonly missed: readonly Missed[]; durationMs: number },
  ): void
  /** A sweep was not; whoever it had found by then is queued all the same. */
  sweepFailed(connection: string, error: unknown, missed: readonly Missed[]): void
  /** @param about what the message was about: a reason and a connection */
  alerted(about: string): void
  /** A message could not be sent: the receiver answered with another status than 2xx, or not at all. */
  alertFailed(about: string, why: { readonly status?: number; readonly error?: unknown }): void
  /** Somebody with a good token asked for a resume. */
  resumeAsked(
    resume: { readonly connection: string; readonly deliveryId: string },
    outcome: 'served' | 'not-a-pdf' | 'refused' | 'unavailable',
  ): void
}

/** Of webhooks that are nothing to us an ATS sends many; the log of webhooks holds them. */
function levelOf(received: Received): 'error' | 'warn' | 'info' | 'debug' {
  switch (received.status) {
    case 'unavailable':
      return 'error'
    case 'unauthorized':
      return 'warn'
    case 'ignored':
      return received.reason === 'malformed' ? 'error' : 'debug'
    case 'queued':
    case 'duplicate':
    case 'erased':
    case 'not-json':
    case 'unknown-connection':
      return 'info'
  }
}

/** @see reliability.md section 4, A7 */
const CLOCKS_APART_MS = 5_000

/** Static messages, data in fields; ids only, never a person's data or a link. */
export function makeReport(log: Logger, metrics: Metrics): Report {
  let areClocksApart = false
  const reasonIn = (received: Received) => ('reason' in received ? received.reason : undefined)
  const countWebhook = (connection: string, received: Received, durationMs: number) =>
    metrics.webhooks.answered(connection, reasonIn(received) ?? received.status, durationMs)
  return {
    observeCall: ({ target, operation, code, durationMs }) => {
      metrics.calls.ended(target, operation, code, durationMs)
      log.debug({ target, operation, code, durationMs: Math.round(durationMs) }, 'call out')
    },
    observeWait: (connection, ms) => metrics.calls.waited(connection, ms),
    webhookAnswered: (connection, received, durationMs) => {
      countWebhook(connection, received, durationMs)
      log[levelOf(received)](
        {
          connection,
          status: received.status,
          reason: reasonIn(received),
          deliveries: 'deliveries' in received ? received.deliveries : undefined,
          application: 'applicationId' in received ? received.applicationId : undefined,
        },
        'webhook answered',
      )
    },
    webhookTurnedAway: countWebhook,
    webhookRefusedUnread: (connection, reason) => metrics.webhooks.refusedUnread(connection, reason),
    stepDone: (connection, ...step) => metrics.deliveries.stepDone(connection, ...step),
    attempted: (delivery, run, end, durationMs) => {
      const { connection } = delivery
      const { state, reason } = end
      if (state === 'retrying') metrics.deliveries.putOff(connection, reason)
      else {
        metrics.deliveries.finished(connection, state, reason)
        // From then on it is the person's time, who had it tried again.
        if (run.round === 0) metrics.deliveries.took(connection, state, end.at - delivery.receivedAt)
      }
      log[state === 'dead' ? 'error' : 'info'](
        {
          delivery: delivery.id,
          connection,
          ats: delivery.ats,
          route: delivery.routeId,
          application: delivery.applicationId,
          attempt: run.attempt,
          state,
          reason,
          durationMs: Math.round(durationMs),
          nextDelayMs: end.nextAttemptAt === undefined ? undefined : end.nextAttemptAt - end.at,
        },
        'delivery attempted',
      )
    },
    swept: (connection, { looked, missed, durationMs }) => {
      const level = missed.length > 0 ? 'warn' : 'info'
      log[level](
        { connection, looked, gap: missed.length, ...whoOf(missed), durationMs: Math.round(durationMs) },
        'swept',
      )
    },
    sweepFailed: (connection, error, missed) => {
      log.warn(
        { connection, reason: reasonOf(error), err: error, gap: missed.length, ...whoOf(missed) },
        'sweep failed',
      )
    },
    clocksCompared: (aheadMs) => {
      metrics.storeClockAhead.set(aheadMs / 1000)
      const wereApart = areClocksApart
      areClocksApart = Math.abs(aheadMs) > CLOCKS_APART_MS
      if (areClocksApart && !wereApart)
        log.warn({ aheadMs: Math.round(aheadMs) }, 'the store’s clock differs from this machine’s: keep both by NTP')
      if (!areClocksApart && wereApart) log.info('the store’s clock agrees with this machine’s again')
    },
    deliveryTakenOver: () => {
      metrics.deliveries.takenOver()
      log.warn('delivery taken over from a process that stopped')
    },
    alerted: (about) => {
      metrics.alerted('sent')
      log.info({ about }, 'alert sent')
    },
    alertFailed: (about, { status, error }) => {
      metrics.alerted('failed')
      log.warn({ about, status, err: error }, 'alert not sent')
    },
    resumeAsked: ({ connection, deliveryId }, outcome) => {
      log[outcome === 'served' ? 'info' : 'warn']({ connection, delivery: deliveryId, outcome }, 'resume asked for')
    },
  }
}

const SHOWN_MISSED = 50

/** The first of those found, by the ids of their deliveries. */
function whoOf(missed: readonly Missed[]): { readonly deliveries?: readonly string[] } {
  return missed.length === 0 ? {} : { deliveries: missed.slice(0, SHOWN_MISSED).map(({ delivery }) => delivery.id) }
}
