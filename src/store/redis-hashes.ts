import type { CorkedRedis } from './corked-redis.ts'
import { defineScript } from './redis-script.ts'

/** Reads many hashes by the ends of their names, in order; one that is not there is empty. */
export type ReadHashes = (names: readonly string[]) => Promise<readonly Readonly<Record<string, string>>[]>

const hashesLua = `
local hashes = {}
for i, name in ipairs(ARGV) do
  local hash, reply = {}, redis.call('HGETALL', KEYS[1] .. name)
  for at = 1, #reply, 2 do hash[reply[at]] = reply[at + 1] end
  hashes[i] = hash
end
return cjson.encode(hashes)`

/**
 * Reads hashes in one JSON text: as so many maps they would take ioredis several times as long to decode.
 * @param prefix what their names begin with
 */
export function hashReader(redis: CorkedRedis, prefix: string): ReadHashes {
  const read = defineScript(redis, 'bridgeHashes', prefix, hashesLua)
  return async (names) => {
    if (names.length === 0) return []
    return JSON.parse(String(await read(...names))) as Readonly<Record<string, string>>[]
  }
}
