import type { SharedCache } from '../store/store.ts'

/**
 * The service's shared cache where it can be reached, else one in memory. Tokens and budgets belong in the shared one:
 * a token that a command asked for by itself may end the one the service is using.
 * @see greenhouse.md section 2.2
 */
export function borrowedCache(shared: Promise<SharedCache | undefined>): SharedCache {
  const cache = shared.then(
    (found) => found ?? memoryCache(),
    () => memoryCache(),
  )
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
