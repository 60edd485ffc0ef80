import {
  type Delivery,
  type DeliveryState,
  deliveryStates,
  finalStates,
  type TimelineEntry,
} from '../domain/delivery.ts'
import type { CorkedRedis } from '../store/corked-redis.ts'
import { guarded } from '../store/guarded.ts'
import { pairsOf } from '../store/redis-pairs.ts'
import { defineScript, KEY_PREFIX, type RedisScript } from '../store/redis-script.ts'
import type {
  Backlog,
  DeliveryGroup,
  Journal,
  JournalEntry,
  JournalQuery,
  LastReceived,
  RecordsOf,
  Run,
  RunEnd,
} from './journal.ts'
import { erasedEntry, keptOf, PURGE_CHUNK, purgeAll, receivedEntry, requeuedEntry } from './records.ts'
import { backlogLua, readBacklogs, readOldestDueAt } from './redis-journal-backlogs.ts'
import { listRecords, type ReadRecords, recordReader } from './redis-journal-list.ts'
import { readGroups, readPerSpan } from './redis-journal-overview.ts'
import {
  advancedLua,
  aroundJournal,
  endedLua,
  eraseLua,
  mergeLua,
  purgeLua,
  receivedLua,
  requeuedLua,
  startedLua,
} from './redis-journal-scripts.ts'
import { readLastReceived } from './redis-last-received.ts'
import { deliveryFields, fromLine, toDelivery, toEntry, toLine, toPairs, toRound } from './redis-record.ts'

const PREFIX = `${KEY_PREFIX}journal:`

/** The journal in hashes and sorted sets; each change is one script. */
export function redisJournal(redis: CorkedRedis): Journal {
  return guarded<Journal>(new RedisJournal(redis))
}

class RedisJournal implements Journal {
  readonly #redis: CorkedRedis
  readonly #readRecords: ReadRecords
  readonly #received: RedisScript
  readonly #started: RedisScript
  readonly #advanced: RedisScript
  readonly #ended: RedisScript
  readonly #requeued: RedisScript
  readonly #erase: RedisScript
  readonly #merge: RedisScript
  readonly #purge: RedisScript
  readonly #backlog: RedisScript

  constructor(redis: CorkedRedis) {
    this.#redis = redis
    this.#readRecords = recordReader(redis, PREFIX)
    const define = (name: string, lua: string) => defineScript(redis, name, PREFIX, lua, aroundJournal)
    this.#received = define('bridgeJournalReceived', receivedLua)
    this.#started = define('bridgeJournalStarted', startedLua)
    this.#advanced = define('bridgeJournalAdvanced', advancedLua)
    this.#ended = define('bridgeJournalEnded', endedLua)
    this.#requeued = define('bridgeJournalRequeued', requeuedLua)
    this.#erase = define('bridgeJournalErase', eraseLua)
    this.#merge = define('bridgeJournalMerge', mergeLua)
    this.#purge = define('bridgeJournalPurge', purgeLua)
    this.#backlog = defineScript(redis, 'bridgeJournalBacklog', PREFIX, backlogLua)
  }

  async received(deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
    const told = deliveries.map((delivery) => {
      const { id, receivedAt, applicationId, candidateId } = delivery
      return [id, String(receivedAt), applicationId, candidateId, ...deliveryFields(delivery)]
    })
    const replies = (await this.#received(told)) as number[]
    return replies.map((isNew) => isNew === 1)
  }

  async started(delivery: Delivery, at: number): Promise<Run | undefined> {
    let reply = await this.#started(delivery.id, at)
    // Received and queued at once: the worker may come first.
    if (reply === 0) reply = await this.#started(delivery.id, at, ...deliveryFields(delivery))
    if (reply === null) return undefined
    const [run, round, attempts, unfinished, roundStartedAt, refusedSince] = reply as [
      number,
      string,
      string,
      number,
      string,
      string | null,
    ]
    return {
      run,
      round: Number(round),
      attempt: Number(attempts) + 1,
      unfinished,
      roundStartedAt: Number(roundStartedAt),
      ...(refusedSince && { refusedSince: Number(refusedSince) }),
    }
  }

  async advanced(id: string, run: number): Promise<void> {
    await this.#advanced(id, run)
  }

  async unfinished(id: string): Promise<{ runs: number; lastBeganAt: number } | undefined> {
    const [state, runs, lastBeganAt] = await this.#redis.hmget(`${PREFIX}d:${id}`, 'state', 'unfinished', 'updatedAt')
    return state === 'running' ? { runs: Number(runs), lastBeganAt: Number(lastBeganAt) } : undefined
  }

  async ended(id: string, run: number, end: RunEnd): Promise<void> {
    const { state, reason, at, nextAttemptAt, refusedSince, roundStartedAt } = end
    const turn = state === 'retrying' ? (nextAttemptAt ?? at) : at
    const fields = toPairs({ ...keptOf(end), reason, updatedAt: at, nextAttemptAt, refusedSince, roundStartedAt })
    const entries = end.timeline.map(toLine)
    await this.#ended(id, run, state, turn, end.isAttempt ? 1 : 0, entries.length, ...entries, ...fields)
  }

  async requeued(id: string, at: number, turnAt = at): Promise<{ delivery: Delivery; round: number } | undefined> {
    const reply = await this.#requeued(id, at, toLine(requeuedEntry(at)), turnAt)
    if (reply === null) return undefined
    const [record] = await this.#readRecords([id])
    return record && { delivery: toDelivery(record), round: toRound(record) }
  }

  async find(id: string): Promise<JournalEntry | undefined> {
    const [record] = await this.#readRecords([id])
    return record && toEntry(record)
  }

  async timeline(id: string): Promise<readonly TimelineEntry[]> {
    const [[record], lines] = await Promise.all([
      this.#readRecords([id]),
      this.#redis.lrange(`${PREFIX}t:${id}`, 0, -1),
    ])
    return record ? [receivedEntry(toDelivery(record)), ...lines.map(fromLine)] : []
  }

  async list(query: JournalQuery): Promise<{ items: readonly JournalEntry[]; nextCursor: string | undefined }> {
    return await listRecords(this.#redis, this.#readRecords, PREFIX, query)
  }

  async lastReceived(applicationIds: readonly string[]): Promise<readonly LastReceived[]> {
    return await readLastReceived(this.#redis, PREFIX, applicationIds)
  }

  async counts(): Promise<Readonly<Record<DeliveryState, number>>> {
    const counted = deliveryStates.map(async (state) => [state, await this.#redis.zcard(`${PREFIX}s:${state}`)])
    return Object.fromEntries(await Promise.all(counted)) as Record<DeliveryState, number>
  }

  async groups(state: DeliveryState): Promise<readonly DeliveryGroup[]> {
    return await readGroups(this.#redis, PREFIX, state)
  }

  async backlogs(now: number): Promise<readonly Backlog[]> {
    return await readBacklogs(this.#backlog, now)
  }

  async oldestDueAt(now: number): Promise<number | undefined> {
    return await readOldestDueAt(this.#backlog, now)
  }

  async perSpan(state: DeliveryState, since: number, spanMs: number, spans: number): Promise<readonly number[]> {
    return await readPerSpan(this.#redis, `${PREFIX}s:${state}`, since, spanMs, spans)
  }

  async overdue(
    before: number,
    limit: number,
  ): Promise<readonly { delivery: Delivery; round: number; dueAt: number }[]> {
    const found = await this.#redis.zrangebyscore(`${PREFIX}due`, '-inf', `(${before}`, 'WITHSCORES', 'LIMIT', 0, limit)
    const dueAt = new Map(pairsOf(found).map(([id, at]) => [id, Number(at)]))
    const records = await this.#readRecords([...dueAt.keys()])
    return records
      .filter((record) => !finalStates.has(record.state))
      .map((record) => ({
        delivery: toDelivery(record),
        round: toRound(record),
        dueAt: dueAt.get(record.id) ?? before,
      }))
  }

  async erase(
    of: RecordsOf,
    at: number,
    except: readonly string[] = [],
  ): Promise<{ records: number; rounds: { id: string; round: number }[] }> {
    const [field, id] = 'candidateId' in of ? ['candidateId', of.candidateId] : ['applicationId', of.applicationId]
    const reply = await this.#erase(id, field, of.connection, at, toLine(erasedEntry(at)), ...except)
    const [records, rounds] = reply as [number, string[]]
    return { records, rounds: pairsOf(rounds).map(([one, round]) => ({ id: one, round: Number(round) })) }
  }

  async merge(connection: string, candidateId: string, into: string): Promise<void> {
    await this.#merge(candidateId, 'candidateId', connection, into)
  }

  async purge(before: number): Promise<number> {
    return await purgeAll(async () => Number(await this.#purge(before, PURGE_CHUNK)))
  }
}
