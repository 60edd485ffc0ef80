import type { Redis } from 'ioredis'
import { redisJournal } from '../journal/redis-journal.ts'
import { tryRedisLedger } from '../ledger/redis-ledger.ts'
import { CorkedRedis } from './corked-redis.ts'
import type { InspectedStore } from './inspect.ts'
import { parseRedisUrl } from './redis.ts'
import { parseInfo } from './redis-info.ts'
import { redisCache } from './redis-leases.ts'
import { measureSkew, redisTime } from './skew.ts'

const PATIENCE_MS = 5_000

/** What Redis or Valkey says of itself; undefined where it does not tell, as managed ones do. */
export interface RedisFacts {
  readonly kind: 'redis'
  readonly server: 'Redis' | 'Valkey'
  readonly version: string
  readonly role: string | undefined
  readonly appendOnly: boolean | undefined
  readonly appendFsync: string | undefined
  readonly evictionPolicy: string | undefined
  readonly usedBytes: number | undefined
  /** 0: no limit. */
  readonly maxBytes: number | undefined
  /** Whether the last write to disk succeeded. */
  readonly diskIsWell: boolean
  readonly answerMs: number
  /** Its clock less ours, milliseconds. */
  readonly skewMs: number
}

/** @throws Error the driver's */
export async function inspectRedis(url: string): Promise<InspectedStore> {
  const redis = new CorkedRedis({
    ...parseRedisUrl(url),
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // `connect` rejects with the bare fact that the connection is closed; the reason comes as an event.
  let reason: Error | undefined
  redis.on('error', (error) => {
    reason ??= error
  })
  const close = async () => {
    await redis.quit().catch(() => redis.disconnect())
  }
  try {
    await redis.connect()
    const facts = await read(redis)
    const tryKeys: InspectedStore['tryKeys'] = (vault) => tryRedisLedger(redis, vault)
    return { facts, cache: redisCache(redis), journal: redisJournal(redis), tryKeys, close }
  } catch (error) {
    redis.disconnect()
    throw reason ?? error
  }
}

async function read(redis: Redis): Promise<RedisFacts> {
  const info = parseInfo(await redis.info())
  const config = await redis
    .config('GET', 'appendfsync')
    .then((pairs) => pairs as readonly string[])
    .catch(() => undefined)
  const skew = await measureSkew(() => redisTime(redis))
  const number = (key: string) => (info.has(key) ? Number(info.get(key)) : undefined)
  return {
    kind: 'redis',
    server: info.has('valkey_version') ? 'Valkey' : 'Redis',
    version: info.get('valkey_version') ?? info.get('redis_version') ?? '',
    role: info.get('role'),
    appendOnly: info.has('aof_enabled') ? info.get('aof_enabled') === '1' : undefined,
    appendFsync: config?.[1],
    evictionPolicy: info.get('maxmemory_policy'),
    usedBytes: number('used_memory'),
    maxBytes: number('maxmemory'),
    diskIsWell: !['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'].some(
      (key) => info.get(key) === 'err',
    ),
    ...skew,
  }
}
