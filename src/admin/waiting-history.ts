import { z } from 'zod'
import type { Journal } from '../journal/journal.ts'
import type { SharedCache } from '../store/store.ts'

const NAME = 'waiting-history'
const SPAN_MS = 300_000
const SPANS = 288
const TTL_MS = SPANS * SPAN_MS
const LOOK_EVERY_MS = 60_000

const schema = z.array(z.tuple([z.number(), z.number()]))

interface HistoryTools {
  readonly journal: Pick<Journal, 'oldestDueAt'>
  readonly cache: SharedCache
  readonly now: () => number
}

/** How long the oldest delivery whose turn has come, and that is not at work, has been waiting, milliseconds; 0: none. */
export async function oldestWaitingMs({ journal, now }: Omit<HistoryTools, 'cache'>): Promise<number> {
  const at = now()
  return at - ((await journal.oldestDueAt(at)) ?? at)
}

/** The longest such wait in each five minutes of the last 24 hours, oldest first, milliseconds. */
export async function waitingHistory({ cache, now }: Omit<HistoryTools, 'journal'>): Promise<readonly number[]> {
  const kept = new Map(parse(await cache.get(NAME)))
  const last = Math.floor(now() / SPAN_MS)
  return Array.from({ length: SPANS }, (_, index) => kept.get(last - SPANS + 1 + index) ?? 0)
}

/** Looks once a minute, all replicas into one history. @returns what stops it */
export function keepWaitingHistory(tools: HistoryTools): () => void {
  const timer = setInterval(() => {
    // A store that is away leaves a gap, and another replica's word is as good as ours.
    noteWaiting(tools).catch(() => undefined)
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

/** Adds how it is now. @throws StoreUnavailableError */
async function noteWaiting(tools: HistoryTools): Promise<void> {
  const { cache, now } = tools
  const text = await cache.get(NAME)
  const spans = parse(text)
  const span = Math.floor(now() / SPAN_MS)
  const waiting = Math.max(await oldestWaitingMs(tools), spans.find(([one]) => one === span)?.[1] ?? 0)
  const earlier = spans.filter(([one]) => one !== span && one > span - SPANS)
  await cache.swap(NAME, text, JSON.stringify([...earlier, [span, waiting]]), TTL_MS)
}

function parse(text: string | undefined): readonly (readonly [number, number])[] {
  try {
    return text === undefined ? [] : (schema.safeParse(JSON.parse(text)).data ?? [])
  } catch {
    return []
  }
}
