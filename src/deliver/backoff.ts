const FIRST_MS = 2_000
const CEILING_MS = 3_600_000
/** The far side may ask for less; a turn costs the ATS calls, too. */
const SHORTEST_MS = 1_000
/** Of the time that it has gone on: who refuses for hours, however it is counted, is asked seldom. */
const SHARE = 1 / 5
/** Enough to part those who were told the same, and little enough that they can still share calls. */
const LONGEST_SPREAD_MS = 1_000

/** What the next try waits for. Times in milliseconds. */
export interface Setback {
  /** The attempt that failed, counted from 1. */
  readonly attempt: number
  /** For how long it has been tried, or has waited, already. */
  readonly lastedMs: number
  /** What the far side asked for, if it did. */
  readonly retryAfterMs: number | undefined
}

/**
 * Milliseconds until the next try: exponential from 2 s to 1 h, never less than a fifth of how long it has gone on, and
 * half of it jitter. Never sooner than the far side asked for, and little later than that while it has not lasted long.
 * @param random number in [0, 1)
 */
export function backoffMs({ attempt, lastedMs, retryAfterMs }: Setback, random: () => number): number {
  const exponential = FIRST_MS * 2 ** (attempt - 1)
  const full = Math.min(CEILING_MS, Math.max(lastedMs * SHARE, retryAfterMs === undefined ? exponential : 0))
  const own = Math.round(full / 2 + (random() * full) / 2)
  if (retryAfterMs === undefined) return own
  const asked = Math.max(SHORTEST_MS, retryAfterMs)
  return Math.max(own, Math.ceil(asked + Math.min(asked / 10, LONGEST_SPREAD_MS) * random()))
}
