import { LapsedError, PermanentError, RetryableError, StoreUnavailableError } from '../domain/errors.ts'
import type { DeadReason, DeliveryReason } from '../domain/reasons.ts'
import type { Run, RunEnd } from '../journal/journal.ts'
import { backoffMs } from './backoff.ts'

/** How long a delivery is tried before it needs a person. */
export const RETRY_FOR_MS = 24 * 3_600_000
/** How long credentials may be refused, or show nothing, while they are being changed. */
export const KEY_ROTATION_MS = 3_600_000
/** How long replicas may be replaced one by one: those not replaced yet do not know a new route. */
export const REPLACEMENT_MS = 15 * 60_000

/** How the failed attempt ends. */
export type Verdict = Pick<
  RunEnd,
  'state' | 'reason' | 'isAttempt' | 'nextAttemptAt' | 'refusedSince' | 'roundStartedAt'
>

const refusedKeyEnds: Partial<Record<DeliveryReason, DeadReason>> = {
  'ats-refusing-key': 'ats-unauthorized',
  'vendor-refusing-key': 'vendor-unauthorized',
  'ats-shows-nothing': 'ats-forbidden',
}

/**
 * Waits that go on for as long as it takes: a bulk move queues for the ATS's limit, whatever is there waits for the store,
 * and another delivery of the same application comes to an end of its own.
 */
const endlessWaits: ReadonlySet<DeliveryReason> = new Set(['rate-limited', 'store-away', 'application-busy'])

/** Since when a delivery has been tried, and refused. Epoch milliseconds. */
export interface TriedSince {
  readonly roundStartedAt: number
  readonly refusedSince?: number | undefined
}

/** Until when a delivery is tried that goes on for this reason, epoch milliseconds; Infinity: it has no end. */
export function triedUntil(reason: DeliveryReason, { roundStartedAt, refusedSince }: TriedSince): number {
  if (endlessWaits.has(reason)) return Number.POSITIVE_INFINITY
  if (reason === 'route-unknown') return roundStartedAt + REPLACEMENT_MS
  const isRefused = refusedKeyEnds[reason] !== undefined && refusedSince !== undefined
  return isRefused ? refusedSince + KEY_ROTATION_MS : roundStartedAt + RETRY_FOR_MS
}

/**
 * Decides what becomes of a delivery whose attempt failed.
 * @param random number in [0, 1) for the jitter
 */
export function judge(error: unknown, run: Run, now: number, random: () => number): Verdict {
  if (error instanceof LapsedError) return { state: 'lapsed', reason: error.reason, isAttempt: true }
  if (error instanceof PermanentError) return { state: 'dead', reason: error.reason, isAttempt: true }
  return judgeRetryable(toRetryable(error), run, now, random)
}

function toRetryable(error: unknown): RetryableError {
  if (error instanceof RetryableError) return error
  if (error instanceof StoreUnavailableError) return new RetryableError('store-away', { isAttempt: false })
  return new RetryableError('internal-error')
}

function judgeRetryable(error: RetryableError, run: Run, now: number, random: () => number): Verdict {
  const { reason, isAttempt, retryAfterMs } = error
  const refusedSince = refusedSinceOf(error, run, now)
  const until = triedUntil(reason, { ...run, refusedSince })
  const isEndless = endlessWaits.has(reason)
  const lastedMs = isEndless ? 0 : now - run.roundStartedAt
  const next = now + backoffMs({ attempt: isAttempt ? run.attempt : 1, lastedMs, retryAfterMs }, random)
  // A key is tried once more at the very end of its hour.
  const nextAttemptAt = refusedKeyEnds[reason] !== undefined && now < until ? Math.min(next, until) : next
  if (nextAttemptAt > until) return { ...endOf(reason), isAttempt }
  return {
    ...{ state: 'retrying', reason, isAttempt, nextAttemptAt },
    ...(refusedSince !== undefined && { refusedSince }),
    // Whoever has stood in line for hours has not been tried for hours.
    ...(isEndless && { roundStartedAt: run.roundStartedAt + nextAttemptAt - now }),
  }
}

function endOf(reason: DeliveryReason): Pick<Verdict, 'state' | 'reason'> {
  if (reason === 'route-unknown') return { state: 'lapsed', reason: 'route-removed' }
  return { state: 'dead', reason: refusedKeyEnds[reason] ?? 'attempts-exhausted' }
}

function refusedSinceOf({ reason, isAttempt }: RetryableError, run: Run, now: number): number | undefined {
  if (refusedKeyEnds[reason] !== undefined) return run.refusedSince ?? now
  // A wait says nothing of the key: the time for which it has been refused goes on.
  return isAttempt ? undefined : run.refusedSince
}
