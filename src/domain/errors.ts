import type { DeadReason, DeliveryReason, LapsedReason, RefusedReason, RetryingReason } from './reasons.ts'

/** What became of an outside write that did not answer with success: surely not done, or nobody knows. */
export type WriteOutcome = 'not-done' | 'unknown'

/** The webhook's signature is missing, malformed or wrong. The reason is for the operator; the sender is never told. */
export class InvalidSignatureError extends Error {
  override readonly name = 'InvalidSignatureError'
  readonly reason: RefusedReason
  constructor(reason: RefusedReason) {
    super(reason)
    this.reason = reason
  }
}

/** The store does not take the call now. Whoever sent a webhook must send it again; an attempt is made again by itself. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
}

/** A delivery of somebody who is being erased is in the middle of a call: the erasure is to be said again. */
export class StillAtWorkError extends Error {
  override readonly name = 'StillAtWorkError'
}

/** None of the keys that are configured opens what the store holds. Nothing is written beside it. */
export class WrongKeyError extends Error {
  override readonly name = 'WrongKeyError'
}

/** What to do about a WrongKeyError. */
export const wrongKeyMend =
  'give ENCRYPTION_KEY the key it was sealed with; several are separated by commas, and the first one seals'

/** May heal by itself: the delivery is tried again later. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError'
  readonly reason: RetryingReason
  readonly outcome: WriteOutcome
  /** Wait at least this long, in milliseconds, before the next try. */
  readonly retryAfterMs: number | undefined
  /** False while waiting for a limit, for another delivery or for the store: such a wait is no attempt. */
  readonly isAttempt: boolean
  /** HTTP status that caused it, if there was an answer. */
  readonly status: number | undefined

  constructor(
    reason: RetryingReason,
    options: {
      outcome?: WriteOutcome
      retryAfterMs?: number | undefined
      isAttempt?: boolean
      status?: number | undefined
      cause?: unknown
    } = {},
  ) {
    super(reason, { cause: options.cause })
    this.reason = reason
    this.outcome = options.outcome ?? 'not-done'
    this.retryAfterMs = options.retryAfterMs
    this.isAttempt = options.isAttempt ?? true
    this.status = options.status
  }
}

/** Cannot heal by itself: the delivery is dead until a person has acted. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError'
  readonly reason: DeadReason
  readonly status: number | undefined

  constructor(reason: DeadReason, options: { status?: number | undefined; cause?: unknown } = {}) {
    super(reason, { cause: options.cause })
    this.reason = reason
    this.status = options.status
  }
}

/** Whether a write that failed so can have had no effect: it never left, or the far side answered with a refusal. */
export function isSurelyNotDone(error: unknown): boolean {
  return (
    (error instanceof PermanentError && error.status !== undefined) ||
    (error instanceof RetryableError && error.outcome === 'not-done')
  )
}

/** The delivery is no longer wanted; thrown where a value would have to pass through many hands. */
export class LapsedError extends Error {
  override readonly name = 'LapsedError'
  readonly reason: LapsedReason
  constructor(reason: LapsedReason) {
    super(reason)
    this.reason = reason
  }
}

/** The reason that an error gives, or undefined where it was not foreseen. */
export function reasonOf(error: unknown): DeliveryReason | undefined {
  if (error instanceof StoreUnavailableError) return 'store-away'
  const known = error instanceof RetryableError || error instanceof PermanentError || error instanceof LapsedError
  return known ? error.reason : undefined
}

/** The vendor says that this person has an interview with this interviewer already; nothing was created. */
export class InterviewExistsError extends Error {
  override readonly name = 'InterviewExistsError'
}

/** The webhook's body is not JSON. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError'
}

/** The process's worker has stopped working and does not come back; only another process helps. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError'
}
