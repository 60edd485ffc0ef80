import { Redis } from 'ioredis'
import pg from 'pg'
import { pino } from 'pino'
import { DeliveryQueue } from '../../src/queue/delivery-queue.ts'
import { openStore } from '../../src/store/open-store.ts'
import { until } from '../support/until.ts'
import type { FaultStore } from './fault-store.ts'

/**
 * Makes every delivered delivery run again, as after a crash between its last write and its last word: its record is
 * put back to `queued` behind the journal's back, and a job is added.
 * @returns how many
 */
export async function runAllAgain({ settings }: FaultStore): Promise<number> {
  const store = await openStore(settings)
  const queue = new DeliveryQueue(store.queueAccess, store.journal, pino({ level: 'silent' }))
  try {
    const entries = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = await store.journal.list({ state: 'delivered', limit: 200, ...(cursor !== '' && { cursor }) })
      entries.push(...page.items)
      cursor = page.nextCursor
    }
    if (settings.kind === 'redis') {
      const redis = new Redis(settings.url)
      for (const { id, receivedAt } of entries) await reopenRecord(redis, id, receivedAt)
      redis.disconnect()
    } else if (settings.kind === 'postgres') {
      const client = new pg.Client({ connectionString: settings.url })
      await client.connect()
      await client.query(
        `UPDATE bridge.delivery SET state = 'queued', reason = NULL, ended_at = NULL, due_at = received_at
         WHERE state = 'delivered'`,
      )
      await client.end()
    }
    // On a busy machine the store may be late for one of them; the same id is queued once, however often it is tried.
    for (const entry of entries) await until(async () => (await queue.addRound(entry, 1)) === undefined)
    return entries.length
  } finally {
    await queue.close()
    await store.close()
  }
}

async function reopenRecord(redis: Redis, id: string, receivedAt: number): Promise<void> {
  const prefix = '{bridge}:journal:'
  await redis
    .multi()
    .hset(`${prefix}d:${id}`, { state: 'queued', dueAt: receivedAt })
    .hdel(`${prefix}d:${id}`, 'reason')
    .zrem(`${prefix}s:delivered`, id)
    .zrem(`${prefix}ended`, id)
    .zadd(`${prefix}s:queued`, receivedAt, id)
    .zadd(`${prefix}due`, receivedAt, id)
    .exec()
}
