import type { Redis } from 'ioredis'
import type { CorkedRedis } from '../store/corked-redis.ts'
import { hashReader } from '../store/redis-hashes.ts'
import type { JournalEntry, JournalQuery } from './journal.ts'
import { fromCursor, type Position, toCursor } from './records.ts'
import { type RedisRecord, toEntry } from './redis-record.ts'

const CHUNK = 200
/** Records looked at for one page. A page that ends here may be short; its cursor goes on behind it. */
const LOOK_AT_MOST = 5_000

/** Reads records by id, in order, without those that are gone. */
export type ReadRecords = (ids: readonly string[]) => Promise<RedisRecord[]>

/** What reads the records of the journal whose keys begin with the prefix. */
export function recordReader(redis: CorkedRedis, prefix: string): ReadRecords {
  const read = hashReader(redis, `${prefix}d:`)
  return async (ids) => {
    const hashes = await read(ids)
    return hashes.flatMap((hash, index) =>
      hash['state'] === undefined ? [] : [{ ...hash, id: ids[index] ?? '' } as RedisRecord],
    )
  }
}

function indexOf(prefix: string, { q, state }: JournalQuery): string {
  if (q !== undefined) return `${prefix}ref:${q}`
  return state === undefined ? `${prefix}all` : `${prefix}s:${state}`
}

const isAfter = (entry: Position, from: Position | undefined) =>
  !from || entry.receivedAt < from.receivedAt || (entry.receivedAt === from.receivedAt && entry.id < from.id)

const fits = (entry: JournalEntry, { state, reason, connection }: JournalQuery) =>
  (state === undefined || entry.state === state) &&
  (reason === undefined || entry.reason === reason) &&
  (connection === undefined || entry.connection === connection)

/** The page of a delivery that was asked for by its own id. */
const pageOf = (record: RedisRecord, query: JournalQuery) => {
  const entry = toEntry(record)
  return { items: fits(entry, query) && isAfter(entry, fromCursor(query.cursor)) ? [entry] : [], nextCursor: undefined }
}

/**
 * Walks the narrowest index from the cursor on, in chunks, and keeps what fits until the page is full. The first chunk is
 * no more than a page takes if all of it fits, which is the rule: beside the page itself the entry of its cursor, and one
 * that tells whether another page follows.
 */
export async function listRecords(
  redis: Redis,
  readRecords: ReadRecords,
  prefix: string,
  query: JournalQuery,
): Promise<{ items: readonly JournalEntry[]; nextCursor: string | undefined }> {
  const [own] = query.q === undefined ? [] : await readRecords([query.q])
  if (own) return pageOf(own, query)
  const index = indexOf(prefix, query)
  const items: JournalEntry[] = []
  let from = fromCursor(query.cursor)
  let sameTime = 0
  for (let looked = 0, chunk = query.limit + 2; looked < LOOK_AT_MOST; looked += chunk, chunk = CHUNK) {
    const top = from?.receivedAt ?? '+inf'
    const ids = await redis.zrevrangebyscore(index, top, '-inf', 'LIMIT', sameTime, chunk)
    const behind = (await readRecords(ids)).map(toEntry).filter((entry) => isAfter(entry, from))
    for (const entry of behind) {
      if (!fits(entry, query)) continue
      const last = items.at(-1)
      if (items.length === query.limit && last) return { items, nextCursor: toCursor(last) }
      items.push(entry)
    }
    if (ids.length < chunk) return { items, nextCursor: undefined }
    // A whole chunk of one time that lies before the position: pass over it, since time alone does not lead on.
    sameTime = behind.length > 0 ? 0 : sameTime + chunk
    from = behind.at(-1) ?? from
  }
  return { items, nextCursor: from && toCursor(from) }
}
