import type { DeliveryReason } from '../domain/reasons.ts'
import { entriesOf } from '../journal/entries-of.ts'
import { ERASED_ID, type JournalEntry } from '../journal/journal.ts'
import { AdminError } from './admin-error.ts'
import type { AdminTools } from './admin-tools.ts'
import type { replayableStates } from './schema.ts'

/** How many deliveries one call tries again; the rest stays listed. */
export const MAX_REPLAYED = 1_000
const AT_ONCE = 20

/** Which deliveries are to be tried again. */
export interface ReplayFilter {
  readonly state: (typeof replayableStates)[number]
  readonly connection?: string
  readonly reason?: DeliveryReason
  /** Only those that have not changed since, epoch milliseconds. */
  readonly before: number
}

type Tools = Pick<AdminTools, 'journal' | 'addRound' | 'now'>

/** @throws AdminError there is none, or it is not one that can be tried again */
export async function replayOne(id: string, tools: Tools): Promise<void> {
  if (await putBack(id, tools)) return
  const entry = await tools.journal.find(id)
  if (!entry) throw noDelivery()
  if (entry.applicationId === ERASED_ID) throw personErased()
  throw new AdminError(
    409,
    'not-replayable',
    `Only a dead or lapsed delivery can be tried again; this one is ${entry.state}.`,
  )
}

/** The deliveries that a replay would be about, newest first. @returns also whether there are more than one call takes */
export async function findReplayable(
  { before, ...filter }: ReplayFilter,
  { journal }: Pick<Tools, 'journal'>,
): Promise<{ entries: readonly JournalEntry[]; more: boolean }> {
  const entries: JournalEntry[] = []
  for await (const entry of entriesOf(journal, filter)) {
    if (!isReplayable(entry) || entry.updatedAt > before) continue
    if (entries.length === MAX_REPLAYED) return { entries, more: true }
    entries.push(entry)
  }
  return { entries, more: false }
}

/** How long until the last of so many has its turn, milliseconds. @param perMinute absent: all have it at once */
export function spreadMs(count: number, perMinute: number | undefined): number {
  return perMinute === undefined ? 0 : Math.max(0, count - 1) * (60_000 / perMinute)
}

/**
 * Puts them back in line, one by one: what has changed meanwhile, or belongs to somebody erased, is left alone.
 * @param entries newest first; the oldest has its turn first
 * @param perMinute how many have their turn in a minute, so that whoever is moved meanwhile need not wait behind them
 */
export async function replayAll(
  entries: readonly JournalEntry[],
  tools: Tools,
  perMinute?: number,
): Promise<readonly string[]> {
  const done: string[] = []
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const put = entries.slice(from, from + AT_ONCE).map(async ({ id }, index) => {
      const delayMs = spreadMs(entries.length - from - index, perMinute)
      return (await putBack(id, tools, delayMs)) && id
    })
    done.push(...(await Promise.all(put)).filter((id) => id !== false))
  }
  return done
}

/** If the queue does not take it, the journal waits for it and the rescue queues it within minutes. */
async function putBack(id: string, { journal, addRound, now }: Tools, delayMs = 0): Promise<boolean> {
  const at = now()
  const requeued = await journal.requeued(id, at, at + Math.round(delayMs))
  if (requeued) await addRound(requeued.delivery, requeued.round, Math.round(delayMs))
  return requeued !== undefined
}

/** Whether a person may have it tried again. */
export function isReplayable({ state, applicationId }: JournalEntry): boolean {
  return (state === 'dead' || state === 'lapsed') && applicationId !== ERASED_ID
}

/** There is no delivery with the id. */
export const noDelivery = () => new AdminError(404, 'not-found', 'There is no delivery with this id.')

/** Whoever it was about has been erased. */
export const personErased = () =>
  new AdminError(409, 'erased', 'The person has been erased; nothing more can be done here.')
