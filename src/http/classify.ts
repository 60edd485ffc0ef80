import { PermanentError, RetryableError, type WriteOutcome } from '../domain/errors.ts'
import type { DeadReason, RetryingReason } from '../domain/reasons.ts'

/** How a call failed: an answer with a status, an answer that could not be read, none, or not even sent (`down`). */
export interface CallFailure {
  readonly kind: 'status' | 'unreadable' | 'timeout' | 'connect' | 'reset' | 'down'
  readonly status?: number | undefined
  /** From the answer's `Retry-After`, milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** The words of one outside system for the classes of failure. */
export interface FailureReasons {
  readonly unavailable: RetryingReason
  readonly rateLimited: RetryingReason
  readonly refusingKey: RetryingReason
  readonly forbidden: DeadReason
  readonly refused: DeadReason
}

export type FailureClass = keyof FailureReasons

const byStatus: Readonly<Record<number, FailureClass>> = {
  401: 'refusingKey',
  403: 'forbidden',
  408: 'unavailable',
  425: 'rateLimited',
  429: 'rateLimited',
}

/** The class of a failure: what it means for what is to be done. */
export function failureClass(failure: CallFailure): FailureClass {
  if (failure.kind !== 'status' || failure.status === undefined) return 'unavailable'
  return byStatus[failure.status] ?? (failure.status >= 500 ? 'unavailable' : 'refused')
}

/**
 * Whether the call may have taken effect. Only a request that never left, or one that was refused, surely has not.
 * @see reliability.md section 2, "Which outcome is it?"
 */
export function outcomeOf(failure: CallFailure): WriteOutcome {
  if (failure.kind === 'connect' || failure.kind === 'down') return 'not-done'
  return failure.kind === 'status' && failureClass(failure) !== 'unavailable' ? 'not-done' : 'unknown'
}

/** Turns a failed call into the error that says whether it heals, in the words of the system that failed. */
export function classify(
  failure: CallFailure,
  reasons: FailureReasons,
  cause?: unknown,
): RetryableError | PermanentError {
  const { status, retryAfterMs } = failure
  const kind = failureClass(failure)
  if (kind === 'forbidden' || kind === 'refused') return new PermanentError(reasons[kind], { status, cause })
  return new RetryableError(reasons[kind], {
    status,
    retryAfterMs,
    cause,
    outcome: outcomeOf(failure),
    isAttempt: kind !== 'rateLimited',
  })
}

const MAX_RETRY_AFTER_MS = 3_600_000

/** Milliseconds that a `Retry-After` header asks for, in either of its forms, at most an hour. */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined || text.trim() === '') return undefined
  const seconds = Number(text)
  const ms = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}
