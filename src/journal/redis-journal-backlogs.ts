import type { RedisScript } from '../store/redis-script.ts'
import { type Backlog, LONGEST_RUN_MS, openStates } from './journal.ts'

const CHUNK = 1_000
/** Of the turns that have come only those of deliveries at work are passed over, which are few. */
const FEW = 100

/**
 * index, first rank, last rank, highest score that counts → members looked at; connection, how many, first's score …
 * Of the turns that have come those count whose deliveries are not at work, or have been for too long.
 */
export const backlogLua = `
local P = KEYS[1]
local found = redis.call('ZRANGE', P .. ARGV[1], ARGV[2], ARGV[3], 'WITHSCORES')
local counts, firsts, looked, reply = {}, {}, 0, {}
for i = 1, #found, 2 do
  local score = tonumber(found[i + 1])
  if score > tonumber(ARGV[4]) then break end
  looked = looked + 1
  local connection, state = unpack(redis.call('HMGET', P .. 'd:' .. found[i], 'connection', 'state'))
  local isAtWork = ARGV[1] == 'due' and state == 'running' and score > ARGV[4] - ${LONGEST_RUN_MS}
  if connection and not isAtWork then
    counts[connection] = (counts[connection] or 0) + 1
    firsts[connection] = firsts[connection] or found[i + 1]
  end
end
for connection, count in pairs(counts) do
  for _, value in ipairs({ connection, count, firsts[connection] }) do reply[#reply + 1] = value end
end
return { looked, reply }`

/** Goes through the open states and the turns that have come, in chunks so short that no webhook waits for one. */
export async function readBacklogs(script: RedisScript, now: number): Promise<Backlog[]> {
  const due = await walk(script, 'due', now - 1)
  const states: Found[] = []
  // One after the other: chunks asked for at once would be one step of the server.
  for (const state of openStates) states.push(await walk(script, `s:${state}`, Number.MAX_SAFE_INTEGER))
  const connections = new Set(states.flatMap((found) => [...found.keys()]))
  return [...connections].map((connection) => {
    const counts = openStates.map((state, index) => [state, states[index]?.get(connection)?.count ?? 0])
    const oldestDueAt = due.get(connection)?.first
    return {
      connection,
      counts: Object.fromEntries(counts) as Backlog['counts'],
      ...(oldestDueAt !== undefined && { oldestDueAt }),
    }
  })
}

/** When the turn of the one came that waits longest past it, of all connections. */
export async function readOldestDueAt(script: RedisScript, now: number): Promise<number | undefined> {
  for await (const found of chunks(script, 'due', now - 1, FEW))
    if (found.length > 0) return Math.min(...found.map(({ first }) => first))
  return undefined
}

type Found = Map<string, { readonly count: number; readonly first: number }>

async function walk(script: RedisScript, index: string, upTo: number): Promise<Found> {
  const found: Found = new Map()
  for await (const chunk of chunks(script, index, upTo, CHUNK)) {
    for (const { connection, count, first } of chunk) {
      const known = found.get(connection)
      found.set(connection, { count: (known?.count ?? 0) + count, first: known?.first ?? first })
    }
  }
  return found
}

/** What each chunk of an index holds, by connection. */
async function* chunks(script: RedisScript, index: string, upTo: number, size: number) {
  for (let from = 0; ; from += size) {
    const [looked, reply] = (await script(index, from, from + size - 1, upTo)) as [number, string[]]
    yield Array.from({ length: reply.length / 3 }, (_, at) => {
      const [connection = '', count, first] = reply.slice(at * 3)
      return { connection, count: Number(count), first: Number(first) }
    })
    if (looked < size) return
  }
}
