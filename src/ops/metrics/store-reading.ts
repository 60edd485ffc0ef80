import { setTimeout as pause } from 'node:timers/promises'
import { readBudget } from '../../budget/budget.ts'
import type { Limit } from '../../budget/limit.ts'
import type { Backlog } from '../../journal/journal.ts'
import { lastWebhookAt } from '../../receive/note-webhooks.ts'
import type { Store, StoreSize } from '../../store/store.ts'
import { readSweepState, type SweepState } from '../../sweep/sweep-state.ts'

/** A scrape asks several times, and several may scrape. */
const FRESH_MS = 5_000
/** What the store has not told by then is left out. Well within the 10 s that Prometheus waits. */
const READ_WITHIN_MS = 3_000

/** What the store knows at one moment; absent is what it did not tell. */
export interface StoreReading {
  readonly at: number
  readonly isUp: boolean
  readonly size?: StoreSize | undefined
  readonly backlogs?: readonly Backlog[] | undefined
  readonly connections: readonly ConnectionReading[]
}

/** What it knows of one connection. */
export interface ConnectionReading {
  readonly connection: string
  /** Epoch milliseconds. */
  readonly lastWebhookAt?: number | undefined
  readonly sweep?: SweepState | undefined
  /** 0 to 1. */
  readonly budgetUsed?: number | undefined
}

/** What a reading takes. */
export interface ReadingTools {
  readonly store: Pick<Store, 'ping' | 'size' | 'journal' | 'cache'>
  readonly connections: readonly { readonly name: string; readonly limit: Limit }[]
  readonly now: () => number
  /** How long a reading is taken for new, milliseconds. */
  readonly freshMs?: number | undefined
}

/** Makes the function that reads the store, once for all who ask while it is under way or fresh. It never throws, nor hangs. */
export function makeReading(tools: ReadingTools): () => Promise<StoreReading> {
  let reading: Promise<StoreReading> | undefined
  let staleAt = 0
  return async () => {
    if (reading === undefined || performance.now() >= staleAt) {
      staleAt = Number.POSITIVE_INFINITY
      reading = read(tools).finally(() => {
        staleAt = performance.now() + (tools.freshMs ?? FRESH_MS)
      })
    }
    return await reading
  }
}

async function read({ store, connections, now }: ReadingTools): Promise<StoreReading> {
  const at = now()
  const [isUp, size, backlogs, known] = await Promise.all([
    told(store.ping().then(() => true)),
    told(store.size()),
    told(store.journal.backlogs(at)),
    Promise.all(connections.map((connection) => readConnection(connection, store, at))),
  ])
  return { at, isUp: isUp === true, size, backlogs, connections: known }
}

async function readConnection(
  { name, limit }: ReadingTools['connections'][number],
  { cache }: ReadingTools['store'],
  at: number,
): Promise<ConnectionReading> {
  const [seen, sweep, budget] = await Promise.all([
    told(lastWebhookAt(cache, name)),
    told(readSweepState(cache, name)),
    told(readBudget(name, limit, cache, at)),
  ])
  const budgetUsed = budget && Math.min(1, budget.used / budget.limit)
  return { connection: name, lastWebhookAt: seen, sweep, budgetUsed }
}

/** The value, or undefined where it failed or did not come in time. */
async function told<T>(value: Promise<T>): Promise<T | undefined> {
  const late = new AbortController()
  try {
    return await Promise.race([value, pause(READ_WITHIN_MS, undefined, { signal: late.signal })])
  } catch {
    return undefined
  } finally {
    late.abort()
  }
}
