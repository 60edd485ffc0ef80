import type { Redis } from 'ioredis'
import type { DeliveryState } from '../domain/delivery.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import type { DeliveryGroup } from './journal.ts'
import { addToGroup, largestFirst } from './records.ts'
import { repliesOf } from './redis-pipeline.ts'

const CHUNK = 1_000
const GROUP_FIELDS = ['connection', 'reason', 'updatedAt', 'roundStartedAt', 'limitedSince']

/** Reads the fields that groups are made of, chunk by chunk, of every delivery of the state. */
export async function readGroups(redis: Redis, prefix: string, state: DeliveryState): Promise<DeliveryGroup[]> {
  const groups = new Map<string, DeliveryGroup>()
  for (let from = 0; ; from += CHUNK) {
    const ids = await redis.zrange(`${prefix}s:${state}`, String(from), String(from + CHUNK - 1))
    const fields = redis.pipeline()
    for (const id of ids) fields.hmget(`${prefix}d:${id}`, ...GROUP_FIELDS)
    for (const reply of await repliesOf(fields)) {
      const [connection, reason, updatedAt, roundStartedAt, limitedSince] = reply as (string | null)[]
      if (!connection) continue
      const at = Number(updatedAt)
      addToGroup(groups, {
        ...{ connection, ...(reason && { reason: reason as DeliveryReason }), count: 1, oldest: at, newest: at },
        roundStartedAt: Number(roundStartedAt ?? updatedAt),
        ...(limitedSince && { limitedSince: Number(limitedSince) }),
      })
    }
    if (ids.length < CHUNK) return largestFirst(groups)
  }
}

/** One count per span, in one round trip. */
export async function readPerSpan(
  redis: Redis,
  index: string,
  since: number,
  spanMs: number,
  spans: number,
): Promise<number[]> {
  const counts = redis.pipeline()
  for (let span = 0; span < spans; span += 1) {
    const from = since + span * spanMs
    counts.zcount(index, from, `(${from + spanMs}`)
  }
  return (await repliesOf(counts)).map(Number)
}
