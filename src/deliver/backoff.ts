const FIRST_MS = 2_000
const CEILING_MS = 3_600_000

/**
 * Milliseconds until the next try: exponential from 2 s to 1 h with half of it jitter, never sooner than the far side
 * asked for (a tenth is added to that, so that those who were told the same do not all return at once).
 * @param attempt the attempt that failed, counted from 1
 * @param retryAfterMs what the far side asked for, if it did
 * @param random number in [0, 1)
 */
export function backoffMs(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  if (retryAfterMs !== undefined) return Math.ceil(retryAfterMs * (1 + random() / 10))
  const full = Math.min(CEILING_MS, FIRST_MS * 2 ** (attempt - 1))
  return Math.round(full / 2 + (random() * full) / 2)
}
