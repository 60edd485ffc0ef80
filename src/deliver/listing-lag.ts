/** How long an ATS's lists may lag behind its writes, milliseconds. */
export const LISTING_LAG_MS = 6_000

/**
 * How much longer a list may lack what was written at `at`, milliseconds: never more than the whole lag, though a clock
 * that has been put back since says that it is yet to be written.
 */
export function lagLeft(at: number, now: number): number {
  return Math.min(Math.max(0, at + LISTING_LAG_MS - now), LISTING_LAG_MS)
}
