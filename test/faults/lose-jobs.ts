import { until } from '../support/until.ts'
import { behindTheBridge, entriesIn, onServer } from './behind-the-bridge.ts'
import type { FaultStore } from './fault-store.ts'

/** More than a delivery is left alone past its turn before it is looked for in the queue. */
const OVERDUE_MS = 60_000

/**
 * Takes the jobs of all deliveries, none of which may have ended, out of the queue, as if that were a minute ago.
 * @returns how many
 */
export async function loseJobs({ settings }: FaultStore): Promise<number> {
  return await behindTheBridge(settings, async ({ journal, queue }) => {
    const entries = await entriesIn(journal)
    for (const { id } of entries) {
      // One at work is held fast until its attempt has failed.
      await until(async () => {
        if (await queue.holds(id, 0)) await queue.cancel([{ id, round: 0 }])
        return !(await queue.holds(id, 0))
      })
    }
    await onServer(settings, {
      redis: async (redis) => {
        const prefix = '{bridge}:journal:'
        for (const { id } of entries) {
          await redis.hincrby(`${prefix}d:${id}`, 'dueAt', -OVERDUE_MS)
          await redis.zincrby(`${prefix}due`, -OVERDUE_MS, id)
        }
      },
      postgres: (client) =>
        client.query('UPDATE bridge.delivery SET due_at = due_at - $1::bigint WHERE due_at IS NOT NULL', [OVERDUE_MS]),
    })
    return entries.length
  })
}
