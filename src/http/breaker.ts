import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel'
import { HttpError } from './http-error.ts'

/** Failures in a row after which a system is taken to be down. */
const FAILURES = 5
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** Runs calls to one system; while it is down, one now and then, and the others fail at once. */
export interface Breaker {
  /** @throws HttpError of kind `down`, without calling; else what the call throws */
  run<T>(call: () => Promise<T>): Promise<T>
}

/**
 * Makes a breaker. Without one a system that is down would be called by everything that waits for it, each call
 * keeping a place that deliveries of other connections need.
 */
export function makeBreaker(): Breaker {
  const policy = circuitBreaker(
    // What is no answer, since nothing was sent, shows nothing: least of all that the system is back.
    handleWhen((error) => (error instanceof HttpError ? error.isUnavailable : policy.state === CircuitState.HalfOpen)),
    {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_PAUSE_MS, maxDelay: LONGEST_PAUSE_MS }),
    },
  )
  return {
    async run(call) {
      // The policy would let it wait for the one call that is under way.
      if (policy.state === CircuitState.HalfOpen) throw new HttpError({ kind: 'down' })
      try {
        return await policy.execute(call)
      } catch (error) {
        throw error instanceof BrokenCircuitError ? new HttpError({ kind: 'down' }, { cause: error }) : error
      }
    },
  }
}
