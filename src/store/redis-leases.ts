import { randomUUID } from 'node:crypto'
import type { CorkedRedis } from './corked-redis.ts'
import { guarded } from './guarded.ts'
import { defineScript, KEY_PREFIX } from './redis-script.ts'
import { LEASE_TTL_MS, takeLease } from './renewing-lease.ts'
import type { Leases, SharedCache } from './store.ts'

const LEASES = `${KEY_PREFIX}lease:`
const CACHE = `${KEY_PREFIX}cache:`

/** token, milliseconds, name → 1 if nobody held it */
const takeLua = `
return redis.call('SET', KEYS[1] .. ARGV[3], ARGV[1], 'PX', ARGV[2], 'NX') and 1 or 0`

/** token, milliseconds, names → how many are held by the token and live on */
const renewLua = `
local renewed = 0
for at = 3, #ARGV do
  local key = KEYS[1] .. ARGV[at]
  if redis.call('GET', key) == ARGV[1] then renewed = renewed + redis.call('PEXPIRE', key, ARGV[2]) end
end
return renewed`

/** token, names → nothing */
const releaseLua = `
local keys, held = {}, {}
for at = 2, #ARGV do keys[at - 1] = KEYS[1] .. ARGV[at] end
for at, token in ipairs(redis.call('MGET', unpack(keys))) do
  if token == ARGV[1] then held[#held + 1] = keys[at] end
end
if #held > 0 then redis.call('DEL', unpack(held)) end`

/** name, 1 if a value is expected and which, the one that is to stand, milliseconds → 1 if it does */
const swapLua = `
local key = KEYS[1] .. ARGV[1]
if redis.call('GET', key) ~= (ARGV[2] == '1' and ARGV[3]) then return 0 end
redis.call('SET', key, ARGV[4], 'PX', ARGV[5])
return 1`

/** Leases as keys that expire on the server's clock. */
export function redisLeases(redis: CorkedRedis): Leases {
  const take = defineScript(redis, 'bridgeLeaseTake', LEASES, takeLua)
  const renew = defineScript(redis, 'bridgeLeaseRenew', LEASES, renewLua)
  const release = defineScript(redis, 'bridgeLeaseRelease', LEASES, releaseLua)
  return {
    async acquire(name) {
      const token = randomUUID()
      return await takeLease(name, {
        take: async (one) => (await take(token, LEASE_TTL_MS, one)) === 1,
        renew: async (names) => (await renew(token, LEASE_TTL_MS, ...names)) === names.length,
        release: async (names) => {
          await release(token, ...names)
        },
      })
    },
  }
}

/** Small values that expire on the server's clock. */
export function redisCache(redis: CorkedRedis): SharedCache {
  const keyOf = (name: string) => CACHE + name
  const lifeOf = (ttlMs: number) => Math.max(1, Math.ceil(ttlMs))
  const swap = defineScript(redis, 'bridgeCacheSwap', CACHE, swapLua)
  return guarded<SharedCache>({
    async get(name) {
      return (await redis.get(keyOf(name))) ?? undefined
    },
    async set(name, value, ttlMs) {
      await redis.set(keyOf(name), value, 'PX', lifeOf(ttlMs))
    },
    async swap(name, expected, value, ttlMs) {
      const isExpected = expected === undefined ? 0 : 1
      return (await swap(name, isExpected, expected ?? '', value, lifeOf(ttlMs))) === 1
    },
  })
}
