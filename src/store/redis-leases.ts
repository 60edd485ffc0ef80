import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { guarded } from './guarded.ts'
import { defineScript, KEY_PREFIX } from './redis-script.ts'
import { LEASE_TTL_MS, renewingLease } from './renewing-lease.ts'
import type { Leases, SharedCache } from './store.ts'

const renewLua = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`

const releaseLua = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/** Leases as keys that expire on the server's clock. */
export function redisLeases(redis: Redis): Leases {
  const renew = defineScript(redis, 'bridgeLeaseRenew', renewLua)
  const release = defineScript(redis, 'bridgeLeaseRelease', releaseLua)
  return guarded<Leases>({
    async acquire(name) {
      const key = `${KEY_PREFIX}lease:${name}`
      const token = randomUUID()
      const takenAt = performance.now()
      const reply = await redis.set(key, token, 'PX', LEASE_TTL_MS, 'NX')
      if (reply !== 'OK') return undefined
      const hold = {
        renew: async () => (await renew(key, token, LEASE_TTL_MS)) === 1,
        release: async () => {
          await release(key, token)
        },
      }
      return renewingLease(hold, takenAt)
    },
  })
}

/** Small values that expire on the server's clock. */
export function redisCache(redis: Redis): SharedCache {
  const keyOf = (name: string) => `${KEY_PREFIX}cache:${name}`
  return guarded<SharedCache>({
    async get(name) {
      return (await redis.get(keyOf(name))) ?? undefined
    },
    async set(name, value, ttlMs) {
      await redis.set(keyOf(name), value, 'PX', Math.max(1, Math.ceil(ttlMs)))
    },
  })
}
