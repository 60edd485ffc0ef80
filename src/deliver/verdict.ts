import { LapsedError, PermanentError, RetryableError, StoreUnavailableError } from '../domain/errors.ts'
import type { DeadReason, RetryingReason } from '../domain/reasons.ts'
import type { Run, RunEnd } from '../journal/journal.ts'
import { backoffMs } from './backoff.ts'

/** How long a delivery is tried before it needs a person. */
export const RETRY_FOR_MS = 24 * 3_600_000
/** How long credentials may be refused, or show nothing, while they are being changed. */
export const KEY_ROTATION_MS = 3_600_000

/** How the failed attempt ends. */
export type Verdict = Pick<RunEnd, 'state' | 'reason' | 'isAttempt' | 'nextAttemptAt' | 'refusedSince'>

const refusedKeyEnds: Partial<Record<RetryingReason, DeadReason>> = {
  'ats-refusing-key': 'ats-unauthorized',
  'vendor-refusing-key': 'vendor-unauthorized',
  'ats-shows-nothing': 'ats-forbidden',
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
  const { reason, isAttempt } = error
  const nextAttemptAt = now + backoffMs(isAttempt ? run.attempt : 1, error.retryAfterMs, random)
  const again = { state: 'retrying', reason, isAttempt, nextAttemptAt } as const
  // A wait says nothing of the key: the time for which it has been refused goes on.
  if (!isAttempt) return { ...again, ...(run.refusedSince !== undefined && { refusedSince: run.refusedSince }) }

  const refusedEnd = refusedKeyEnds[reason]
  if (refusedEnd !== undefined) {
    const refusedSince = run.refusedSince ?? now
    if (now - refusedSince >= KEY_ROTATION_MS) return { state: 'dead', reason: refusedEnd, isAttempt }
    return { ...again, nextAttemptAt: Math.min(nextAttemptAt, refusedSince + KEY_ROTATION_MS), refusedSince }
  }
  if (nextAttemptAt > run.roundStartedAt + RETRY_FOR_MS)
    return { state: 'dead', reason: 'attempts-exhausted', isAttempt }
  return again
}
