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

const swapLua = `
if redis.call('GET', KEYS[1]) ~= (ARGV[1] == '1' and ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return 1`

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
  const lifeOf = (ttlMs: number) => Math.max(1, Math.ceil(ttlMs))
  const swap = defineScript(redis, 'bridgeCacheSwap', swapLua)
  return guarded<SharedCache>({
    async get(name) {
      return (await redis.get(keyOf(name))) ?? undefined
    },
    async set(name, value, ttlMs) {
      await redis.set(keyOf(name), value, 'PX', lifeOf(ttlMs))
    },
    async swap(name, expected, value, ttlMs) {
      const isExpected = expected === undefined ? 0 : 1
      return (await swap(keyOf(name), isExpected, expected ?? '', value, lifeOf(ttlMs))) === 1
    },
  })
}
