import type { Journal } from '../journal/journal.ts'
import type { WebhookLog } from '../journal/webhook-log.ts'
import { lastWebhookAt } from '../receive/note-webhooks.ts'
import type { SharedCache } from '../store/store.ts'
import { weekdayMs } from './weekday-time.ts'

const DAY_MS = 86_400_000
/** How much weekday time without a webhook is silence. */
const SILENT_MS = DAY_MS
/** So many webhooks in the week before make a day without any remarkable. */
const BUSY_WEEK = 50

/** What the question takes. */
export interface SilenceTools {
  readonly journal: Pick<Journal, 'list'>
  readonly webhooks: Pick<WebhookLog, 'groups'>
  readonly cache: Pick<SharedCache, 'get'>
  readonly now: () => number
}

/** @returns since when a connection has been silent, epoch milliseconds, or undefined */
export type SilentSince = (connection: string, isKnown: boolean) => Promise<number | undefined>

/**
 * Makes the question whether a connection that used to send webhooks sends none any more. Who has been silent for a
 * week has no busy week before it any more: once known to be silent, a connection is so until it sends.
 */
export function makeSilentSince({ journal, webhooks, cache, now }: SilenceTools): SilentSince {
  /** Last webhooks of those found to send too few for a silence to mean anything. */
  const quiet = new Map<string, number>()

  const wasBusy = async (connection: string, last: number) => {
    const since = last - 7 * DAY_MS
    const groups = await webhooks.groups(since)
    const ignored = groups
      .filter((group) => group.connection === connection && group.outcome === 'ignored')
      .reduce((sum, { count }) => sum + count, 0)
    if (ignored >= BUSY_WEEK) return true
    const { items } = await journal.list({ connection, limit: BUSY_WEEK })
    return ignored + items.filter(({ receivedAt }) => receivedAt >= since).length >= BUSY_WEEK
  }

  return async (connection, isKnown) => {
    const last = await lastWebhookAt(cache, connection)
    if (last === undefined || weekdayMs(last, now()) < SILENT_MS) return undefined
    if (isKnown) return last
    if (quiet.get(connection) === last) return undefined
    if (await wasBusy(connection, last)) return last
    quiet.set(connection, last)
    return undefined
  }
}
