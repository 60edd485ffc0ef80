import type { Lease } from './store.ts'

/** How long a lease lives without being renewed. */
export const LEASE_TTL_MS = 15_000
const RENEW_EVERY_MS = 5_000
/** Held back from the lease's life: an outside write that began while it was ours must not end after it. */
const MARGIN_MS = 3_000

/** What a store does for one lease. */
export interface LeaseHold {
  /** @returns whether it was still ours and lives on for LEASE_TTL_MS from now */
  renew(): Promise<boolean>
  release(): Promise<void>
}

/**
 * A lease that renews itself until it is released or lost. Its age is taken on the monotonic clock from before the
 * store was asked, so a frozen process, a late answer or a changed wall clock can only make it look older.
 * @param takenAt `performance.now()` from before the store was asked for it
 */
export function renewingLease(hold: LeaseHold, takenAt: number, now: () => number = () => performance.now()): Lease {
  let confirmedAt = takenAt
  let isLost = false

  const stop = () => {
    isLost = true
    clearInterval(timer)
  }
  const renew = async () => {
    const askedAt = now()
    try {
      if (await hold.renew()) confirmedAt = Math.max(confirmedAt, askedAt)
      else stop()
    } catch {
      // The store is away: the lease runs out by itself unless a later renewal comes in time.
    }
  }
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS)
  timer.unref()

  return {
    isHeld: () => !isLost && now() - confirmedAt < LEASE_TTL_MS - MARGIN_MS,
    async release() {
      stop()
      // What cannot be released expires.
      await hold.release().catch(() => undefined)
    },
  }
}
