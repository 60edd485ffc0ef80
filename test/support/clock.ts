import type { Overrides } from '../../src/app.ts'

/** The bridge's clock, which a test can put forward, or back by a negative number. */
export interface Clock {
  /** For `startWorld`: this clock, and waits without jitter at their shortest. */
  readonly overrides: Overrides
  forward(ms: number): void
}

/** A clock that goes as the real one does until it is put forward. */
export function aClock(): Clock {
  let aheadMs = 0
  return {
    overrides: { now: () => Date.now() + aheadMs, random: () => 0 },
    forward: (ms) => {
      aheadMs += ms
    },
  }
}
