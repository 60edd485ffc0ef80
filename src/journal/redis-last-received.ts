import type { Redis } from 'ioredis'
import type { LastReceived } from './journal.ts'
import { repliesOf } from './redis-pipeline.ts'

/** Newest deliveries looked at for one application: far more than it has routes. */
const LOOK_AT_MOST = 100

/** Two round trips, however many applications. Their index holds deliveries of candidates with the same id as well. */
export async function readLastReceived(
  redis: Redis,
  prefix: string,
  applicationIds: readonly string[],
): Promise<LastReceived[]> {
  const wanted = new Set(applicationIds)
  const newest = redis.pipeline()
  for (const id of wanted) newest.zrevrange(`${prefix}ref:${id}`, 0, LOOK_AT_MOST - 1)
  const ids = [...new Set((await repliesOf(newest)).flat() as string[])]
  const records = redis.pipeline()
  for (const id of ids) records.hmget(`${prefix}d:${id}`, 'applicationId', 'routeId', 'receivedAt')
  const found = new Map<string, LastReceived>()
  for (const reply of await repliesOf(records)) {
    const [applicationId, routeId, receivedAt] = reply as (string | null)[]
    if (!applicationId || !routeId || !wanted.has(applicationId)) continue
    const known = found.get(`${applicationId} ${routeId}`)
    if (known && known.receivedAt >= Number(receivedAt)) continue
    found.set(`${applicationId} ${routeId}`, { applicationId, routeId, receivedAt: Number(receivedAt) })
  }
  return [...found.values()]
}
