import { setTimeout as pause } from 'node:timers/promises'
import { RetryableError } from '../domain/errors.ts'

/** Where the limit says nothing of when there is room again. */
const DEFAULT_WAIT_MS = 1_000
/** What is foretold for longer may come sooner: it is asked again. */
const MAX_WAIT_MS = 60_000

/**
 * Makes a call as soon as the limit has room for it, however long that takes: for a sweep, which holds nobody up while
 * it waits and would else begin again from the start.
 * @throws what the call throws, but for `rate-limited`; the signal's reason once it says stop
 */
export async function patiently<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof RetryableError) || error.reason !== 'rate-limited') throw error
      await pause(Math.min(error.retryAfterMs ?? DEFAULT_WAIT_MS, MAX_WAIT_MS), undefined, { signal })
    }
  }
}
