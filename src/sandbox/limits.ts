/**
 * The two kinds of rate limit that the ATSs have.
 * @see greenhouse.md section 2.6 (fixed window on the clock), lever.md section 2 "Rate limit" (token bucket)
 */

/** Counts calls in windows that begin at whole multiples of their length on the clock. */
export class FixedWindow {
  #window = -1
  #used = 0

  /**
   * Takes one call.
   * @returns how many are left (-1: this one is over the limit) and when the window ends, epoch milliseconds
   */
  take(now: number, limit: number, windowMs: number): { left: number; endsAt: number } {
    const window = Math.floor(now / windowMs)
    if (window !== this.#window) this.#used = 0
    this.#window = window
    const left = limit - this.#used - 1
    if (left >= 0) this.#used += 1
    return { left: Math.max(left, -1), endsAt: (window + 1) * windowMs }
  }
}

/** Holds up to `burst` calls and gains `perSecond` of them each second. */
export class TokenBucket {
  #tokens: number | undefined
  #at = 0

  /** Takes one call. @returns whether there was one to take */
  take(now: number, perSecond: number, burst: number): boolean {
    const gained = ((now - this.#at) / 1000) * perSecond
    const tokens = this.#tokens === undefined ? burst : Math.min(burst, this.#tokens + gained)
    this.#at = now
    this.#tokens = tokens >= 1 ? tokens - 1 : tokens
    return tokens >= 1
  }
}
