import type { InspectedStore } from '../store/inspect.ts'
import type { SharedCache } from '../store/store.ts'
import { correctionMs } from '../store/store-clock.ts'

/** What a command shares with the service, as far as the store can be reached. */
export interface Borrowed {
  readonly cache: SharedCache
  /** Epoch milliseconds. */
  readonly now: () => number
}

/**
 * The service's shared cache, else one in memory, and the clock by which times in it are read: the store's, as soon as
 * it has told its time. Tokens and budgets belong in the shared cache: a token that a command asked for by itself may
 * end the one the service is using.
 * @param opened undefined where the store cannot be reached
 * @see greenhouse.md section 2.2
 */
export function borrowed(opened: Promise<InspectedStore | undefined>): Borrowed {
  let ahead = 0
  const cache = opened.then((store) => {
    if (store && store.facts.kind !== 'embedded') ahead = Math.round(correctionMs(store.facts))
    return store?.cache ?? memoryCache()
  })
  return { cache: awaited(cache), now: () => Date.now() + ahead }
}

function awaited(cache: Promise<SharedCache>): SharedCache {
  return {
    get: async (name) => await (await cache).get(name),
    set: async (name, value, ttlMs) => await (await cache).set(name, value, ttlMs),
    swap: async (name, expected, value, ttlMs) => await (await cache).swap(name, expected, value, ttlMs),
  }
}

/** For a command that ends before anything in it could expire. */
export function memoryCache(): SharedCache {
  const entries = new Map<string, string>()
  return {
    get: (name) => Promise.resolve(entries.get(name)),
    set: async (name, value) => {
      await Promise.resolve()
      entries.set(name, value)
    },
    swap: async (name, expected, value) => {
      await Promise.resolve()
      if (entries.get(name) !== expected) return false
      entries.set(name, value)
      return true
    },
  }
}
