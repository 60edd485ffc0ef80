import { type Delivery, storable, type TimelineEntry } from '../domain/delivery.ts'
import { type DeliveryGroup, ERASED_ID, type RunEnd } from './journal.ts'

/** A timeline keeps its first lines and its newest: how it began and what happened last. */
export const TIMELINE_HEAD = 20
export const TIMELINE_TAIL = 180

/** How many records one step of a purge takes: short enough to hold nobody up. */
export const PURGE_CHUNK = 500

/** The first line of every timeline. */
export function receivedEntry(delivery: Delivery): TimelineEntry {
  return { at: delivery.receivedAt, step: 'receive', outcome: 'queued' }
}

/** The line that begins another round. */
export function requeuedEntry(at: number): TimelineEntry {
  return { at, step: 'replay', outcome: 'queued' }
}

/** The line that ends the history of an erased person. */
export function erasedEntry(at: number): TimelineEntry {
  return { at, step: 'erase', outcome: 'erased' }
}

/** What a record keeps of what its run learned, as every store takes it; an erased person's ids are overwritten. */
export function keptOf({ reason, learned }: RunEnd): RunEnd['learned'] & { readonly applicationId?: string } {
  return reason === 'anonymized' ? { candidateId: ERASED_ID, applicationId: ERASED_ID } : storable(learned)
}

/** A place in a list ordered by `receivedAt` and id, both descending. */
export interface Position {
  readonly receivedAt: number
  readonly id: string
}

/** A position as a cursor, opaque to whoever asks. */
export function toCursor({ receivedAt, id }: Position): string {
  return Buffer.from(`${receivedAt}:${id}`).toString('base64url')
}

/** The position of a cursor; undefined for what is none, so that a list then begins at its start. */
export function fromCursor(cursor: string | undefined): Position | undefined {
  const match = /^(\d{1,15}):(.+)$/s.exec(Buffer.from(cursor ?? '', 'base64url').toString())
  return match ? { receivedAt: Number(match[1]), id: String(match[2]) } : undefined
}

/** What a run learned, without what it did not. */
export function present<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** Purges chunk by chunk until one is not full. @param purgeChunk @returns how many it took */
export async function purgeAll(purgeChunk: () => Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    const taken = await purgeChunk()
    total += taken
    if (taken < PURGE_CHUNK) return total
  }
}

/** Adds a group to those of the same connection and reason. */
export function addToGroup(groups: Map<string, DeliveryGroup>, one: DeliveryGroup): void {
  const key = `${one.reason ?? ''} ${one.connection}`
  const known = groups.get(key)
  const limited = [known, one].flatMap((group) => group?.limitedSince ?? [])
  groups.set(key, {
    ...one,
    count: (known?.count ?? 0) + one.count,
    oldest: Math.min(known?.oldest ?? one.oldest, one.oldest),
    newest: Math.max(known?.newest ?? one.newest, one.newest),
    roundStartedAt: Math.min(known?.roundStartedAt ?? one.roundStartedAt, one.roundStartedAt),
    ...(limited.length > 0 && { limitedSince: Math.min(...limited) }),
  })
}

/** Groups in the order in which they want to be looked at. */
export function largestFirst(groups: ReadonlyMap<string, DeliveryGroup>): DeliveryGroup[] {
  return [...groups.values()].sort((one, other) => other.count - one.count || other.newest - one.newest)
}
