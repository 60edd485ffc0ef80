const FIRST_MS = 2_000
const CEILING_MS = 3_600_000
/** Enough to part those who were told the same, and little enough that they can still share calls. */
const LONGEST_SPREAD_MS = 1_000

/**
 * Milliseconds until the next try: exponential from 2 s to 1 h with half of it jitter, never sooner than the far side
 * asked for, and little later than that.
 * @param attempt the attempt that failed, counted from 1
 * @param retryAfterMs what the far side asked for, if it did
 * @param random number in [0, 1)
 */
export function backoffMs(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  if (retryAfterMs !== undefined)
    return Math.ceil(retryAfterMs + Math.min(retryAfterMs / 10, LONGEST_SPREAD_MS) * random())
  const full = Math.min(CEILING_MS, FIRST_MS * 2 ** (attempt - 1))
  return Math.round(full / 2 + (random() * full) / 2)
}
