import { type AlertReason, keyOf, type Trouble } from './trouble.ts'

const MINUTE_MS = 60_000
/** How long a trouble must stand before it is told: for the rest of it to gather, or to see whether it passes. */
const standsForMs = (reason: AlertReason): number => longer[reason] ?? 30_000
const longer: Readonly<Partial<Record<AlertReason, number>>> = {
  'store-unavailable': MINUTE_MS,
  stuck: 2 * MINUTE_MS,
  'sweep-late': 5 * MINUTE_MS,
  // Longer than from one sweep to the next: what an outage left behind is found once, and is well again.
  'sweep-gap': 15 * MINUTE_MS,
}
/** Told again when it has grown so many times over, or after so long. */
const GROWN = 10
const REPEAT_MS = 4 * 60 * MINUTE_MS
/** How long it must be away to be over. */
const OVER_MS = 5 * MINUTE_MS
/** A message that cannot be sent is tried again for so long. */
const TRY_FOR_MS = 10 * MINUTE_MS
const HOUR_MS = 60 * MINUTE_MS
const MOST_PER_HOUR = 20

/** What is remembered of one trouble. Times are epoch milliseconds. */
export interface Remembered {
  /** When it was first seen. */
  readonly since: number
  readonly told?: { readonly at: number; readonly count: number }
  /** Since when it has not been seen. */
  readonly awaySince?: number
  /** Since when sending has failed. */
  readonly failingSince?: number
}

/** All that is remembered, by key; shared by all replicas. */
export interface AlertState {
  readonly known: Readonly<Record<string, Remembered>>
  /** When messages were sent within the last hour. */
  readonly sentAt: readonly number[]
}

/** One message to be sent. */
export interface Alert {
  readonly key: string
  /** Undefined: it is over. */
  readonly trouble: Trouble | undefined
  /** Whether it is the last one that this hour allows. */
  readonly isLastOfHour: boolean
}

/** What is remembered before anything has happened. */
export const nothingKnown: AlertState = { known: {}, sentAt: [] }

/**
 * Decides what is to be told now. The new state counts the messages as sent: it is stored before they are, so that no
 * two replicas send one; `unsent` takes back what could not be.
 */
export function decide(
  state: AlertState,
  troubles: readonly Trouble[],
  now: number,
): { state: AlertState; alerts: readonly Alert[] } {
  const seen = new Map(troubles.map((trouble) => [keyOf(trouble), trouble]))
  const sentAt = state.sentAt.filter((at) => now - at < HOUR_MS)
  const known: Record<string, Remembered> = {}
  const alerts: Alert[] = []
  for (const key of new Set([...Object.keys(state.known), ...seen.keys()])) {
    const trouble = seen.get(key)
    const before = state.known[key]
    const { next, isToTell } = trouble ? ofSeen(trouble, before, now) : ofAway(before, now)
    if (!isToTell || sentAt.length >= MOST_PER_HOUR) {
      if (next) known[key] = next
      continue
    }
    sentAt.push(now)
    alerts.push({ key, trouble, isLastOfHour: sentAt.length === MOST_PER_HOUR })
    // What is over is forgotten once that has been told.
    if (trouble) known[key] = { since: before?.since ?? now, told: { at: now, count: trouble.count } }
  }
  return { state: { known, sentAt }, alerts }
}

interface Decision {
  /** Undefined: forgotten. */
  readonly next: Remembered | undefined
  readonly isToTell: boolean
}

function ofSeen(trouble: Trouble, before: Remembered | undefined, now: number): Decision {
  const { awaySince: _, ...next } = before ?? { since: now }
  const { told } = next
  const isToTell =
    told === undefined
      ? now - next.since >= standsForMs(trouble.reason)
      : now - told.at >= REPEAT_MS || trouble.count >= Math.max(1, told.count) * GROWN
  return { next, isToTell }
}

function ofAway(before: Remembered | undefined, now: number): Decision {
  // What nobody was told of may go without a word.
  if (before?.told === undefined) return { next: undefined, isToTell: false }
  const { awaySince = now } = before
  return { next: { ...before, awaySince }, isToTell: now - awaySince >= OVER_MS }
}

/**
 * The state once some messages could not be sent: as before them, so that they are decided on again, until that has
 * been so for ten minutes.
 * @param before the state from which they were decided
 * @param after the one that counts them as sent
 */
export function unsent(before: AlertState, after: AlertState, failed: readonly Alert[], now: number): AlertState {
  const known: Record<string, Remembered> = { ...after.known }
  for (const { key } of failed) {
    const { failingSince = now, ...earlier } = before.known[key] ?? { since: now }
    if (now - failingSince < TRY_FOR_MS) known[key] = { ...earlier, failingSince }
  }
  return { known, sentAt: after.sentAt.slice(0, after.sentAt.length - failed.length) }
}
