import { once } from 'node:events'
import { createRedisBackend } from 'bullmq'
import type { Redis } from 'ioredis'
import { redisJournal } from '../journal/redis-journal.ts'
import { redisWebhookLog } from '../journal/redis-webhook-log.ts'
import { redisLedger } from '../ledger/redis-ledger.ts'
import { makeVault } from '../seal/vault.ts'
import { CorkedRedis } from './corked-redis.ts'
import { guarded } from './guarded.ts'
import { parseInfo } from './redis-info.ts'
import { redisCache, redisLeases } from './redis-leases.ts'
import { measureSkew, redisTime } from './skew.ts'
import type { Store } from './store.ts'

/** BullMQ's keys share our slot (see KEY_PREFIX). */
const QUEUE_PREFIX = '{bridge}'

/** Where Redis is and how to be let in, as ioredis and BullMQ take it. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  readonly db?: number
  readonly tls?: { readonly servername: string }
}

/**
 * Reads `redis://user:password@host:port/db`; `rediss://` means TLS.
 * @throws TypeError not such an address; the message does not repeat it, since it may hold a password
 */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const db = /^\/?(\d*)$/.exec(url?.pathname ?? '')
  if (!url || !db || !/^rediss?:$/.test(url.protocol)) throw new TypeError('not a redis:// or rediss:// address')
  const host = url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1'
  return {
    host,
    port: Number(url.port || 6379),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ...(db[1] && { db: Number(db[1]) }),
    ...(url.protocol === 'rediss:' && { tls: { servername: host } }),
  }
}

const retryStrategy = (times: number) => Math.min(100 * 2 ** Math.min(times, 5), 2_000)
/** A demoted master answers so after a failover; only a new connection finds the new one. */
const reconnectOnError = (error: Error) => error.message.startsWith('READONLY')

/** How long a start waits for Redis, so that the first webhook does not find it still connecting. */
const READY_WITHIN_MS = 2_000

/**
 * Opens the store on Redis, whether it is there or not: while it is away every call rejects at once, a frozen one
 * within 1.5 s, and both heal by themselves.
 * @see bullmq6.md sections 1 and 3, read 2026-11-24
 */
export async function openRedisStore(url: string, vault = makeVault([])): Promise<Store> {
  const address = parseRedisUrl(url)
  const patient = { ...address, connectTimeout: 2_000, retryStrategy, reconnectOnError }
  const redis = new CorkedRedis({
    ...patient,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_500,
  })
  // Without a listener ioredis prints to stderr. Whoever calls is told by the rejection.
  redis.on('error', () => undefined)
  await once(redis, 'ready', { signal: AbortSignal.timeout(READY_WITHIN_MS) }).catch(() => undefined)
  const workers: Redis[] = []
  /** A worker waits on the server, so no time limit on its commands. */
  const connectWorker = () => {
    // At once: BullMQ takes a first try of its own that fails for the last.
    const worker = new CorkedRedis({ ...patient, maxRetriesPerRequest: null })
    worker.on('error', () => undefined)
    workers.push(worker)
    return worker
  }
  const { ping, size, skew } = guarded({
    async ping() {
      await redis.ping()
    },
    async size() {
      const memory = parseInfo(await redis.info('memory'))
      const limitBytes = Number(memory.get('maxmemory'))
      return { usedBytes: Number(memory.get('used_memory')), ...(limitBytes > 0 && { limitBytes }) }
    },
    skew: async () => await measureSkew(() => redisTime(redis)),
  })

  return {
    kind: 'redis',
    ledger: redisLedger(redis, vault),
    journal: redisJournal(redis),
    webhooks: redisWebhookLog(redis),
    leases: redisLeases(redis),
    cache: redisCache(redis),
    queueAccess: {
      // Waiting for Redis at construction would make an add hang; the version check would poison it for ever.
      producer: { connection: redis, prefix: QUEUE_PREFIX, skipWaitingForReady: true, skipVersionCheck: true },
      worker: () => ({ connection: connectWorker(), prefix: QUEUE_PREFIX }),
      backend: createRedisBackend,
    },
    ping,
    size,
    skew,
    // Nothing to do: keys expire.
    purge: async () => {},
    async close() {
      for (const worker of workers) worker.disconnect()
      await redis.quit().catch(() => redis.disconnect())
    },
  }
}
