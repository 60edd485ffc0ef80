import type { Redis } from 'ioredis'
import { until } from '../support/until.ts'
import { behindTheBridge, entriesIn, onServer } from './behind-the-bridge.ts'
import type { FaultStore } from './fault-store.ts'

/**
 * Makes every delivered delivery run again, as after a crash between its last write and its last word: its record is
 * put back to `queued` behind the journal's back, and a job is added.
 * @returns how many
 */
export async function runAllAgain({ settings }: FaultStore): Promise<number> {
  return await behindTheBridge(settings, async ({ journal, queue }) => {
    const entries = await entriesIn(journal, 'delivered')
    await onServer(settings, {
      redis: async (redis) => {
        for (const { id, receivedAt } of entries) await reopenRecord(redis, id, receivedAt)
      },
      postgres: (client) =>
        client.query(
          `UPDATE bridge.delivery SET state = 'queued', reason = NULL, ended_at = NULL, due_at = received_at
           WHERE state = 'delivered'`,
        ),
    })
    // On a busy machine the store may be late for one of them; the same id is queued once, however often it is tried.
    for (const entry of entries) await until(async () => (await queue.addRound(entry, 1)) === undefined)
    return entries.length
  })
}

async function reopenRecord(redis: Redis, id: string, receivedAt: number): Promise<void> {
  const prefix = '{bridge}:journal:'
  await redis
    .multi()
    .hset(`${prefix}d:${id}`, 'state', 'queued')
    .hdel(`${prefix}d:${id}`, 'reason')
    .zrem(`${prefix}s:delivered`, id)
    .zrem(`${prefix}ended`, id)
    .zadd(`${prefix}s:queued`, receivedAt, id)
    .zadd(`${prefix}due`, receivedAt, id)
    .exec()
}
