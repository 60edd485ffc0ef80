import { guarded } from './guarded.ts'
import type { Lease } from './store.ts'

/** How long a lease lives without being renewed. */
export const LEASE_TTL_MS = 15_000
const RENEW_EVERY_MS = 5_000
/**
 * Held back from the lease's life: an outside write that begins while it is ours, and takes effect within this time, does
 * so before anybody else can begin. One that takes longer (its client waits for a minute at the most) may take effect
 * after it; whoever comes next finds its intent in the ledger, and looks before writing.
 */
const MARGIN_MS = 3_000

/** What a store does for one holder. */
export interface LeaseHold {
  /** @returns whether nobody held the name, which is the holder's for LEASE_TTL_MS now */
  take(name: string): Promise<boolean>
  /** @returns whether all the names were still the holder's and live on for LEASE_TTL_MS from now */
  renew(names: readonly string[]): Promise<boolean>
  release(names: readonly string[]): Promise<void>
}

/**
 * Takes a lease that renews itself until it is released or lost. Its age is taken on the monotonic clock from before the
 * store was asked, so a frozen process, a late answer or a changed wall clock can only make it look older.
 * @returns undefined while somebody else holds the name
 * @throws StoreUnavailableError
 */
export async function takeLease(
  name: string,
  hold: LeaseHold,
  now: () => number = () => performance.now(),
): Promise<Lease | undefined> {
  const store = guarded(hold)
  let confirmedAt = now()
  let asking = store.take(name)
  const isTaken = await asking.catch((error: unknown) => {
    // It may be ours without our knowing, and would be nobody's until it expires.
    store.release([name]).catch(() => undefined)
    throw error
  })
  if (!isTaken) return undefined
  const asked = [name]
  let names: readonly string[] = [name]
  let isLost = false

  const stop = () => {
    isLost = true
    clearInterval(timer)
  }
  const renew = async () => {
    const askedAt = now()
    try {
      if (await store.renew(names)) confirmedAt = Math.max(confirmedAt, askedAt)
      else stop()
    } catch {
      // The store is away: the lease runs out by itself unless a later renewal comes in time.
    }
  }
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS)
  timer.unref()

  return {
    isHeld: () => !isLost && now() - confirmedAt < LEASE_TTL_MS - MARGIN_MS,
    async alsoTake(another) {
      // Given back at the end whatever the answer is: it may be lost, or come when nobody waits for it any more.
      asked.push(another)
      asking = store.take(another)
      const isTaken = await asking
      if (isTaken) names = [...names, another]
      return isTaken
    },
    async release() {
      stop()
      await asking.catch(() => undefined)
      // What cannot be released expires.
      await store.release(asked).catch(() => undefined)
    },
  }
}
