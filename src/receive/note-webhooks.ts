import { randomUUID } from 'node:crypto'
import {
  KEPT_WEBHOOKS,
  type LoggedWebhook,
  type RefusalReason,
  type WebhookLog,
  type WebhookOutcome,
} from '../journal/webhook-log.ts'
import type { SharedCache } from '../store/store.ts'
import type { Received } from './accept-webhook.ts'

const FLUSH_AFTER_MS = 500
const CHUNK = 500
const MAX_TEXT = 200
const LAST_SEEN_TTL_MS = 400 * 86_400_000

const lastSeenName = (connection: string) => `webhook-seen:${connection}`

/** When a connection's last webhook with a good signature came, epoch milliseconds. @throws StoreUnavailableError */
export async function lastWebhookAt(cache: Pick<SharedCache, 'get'>, connection: string): Promise<number | undefined> {
  const text = await cache.get(lastSeenName(connection))
  return text === undefined ? undefined : Number(text)
}

/** Keeps a memory of webhooks beside the line: whoever tells of one waits for nothing and is never failed. */
export interface NoteWebhooks {
  answered(connection: string, received: Received): void
  refused(connection: string, reason: RefusalReason): void
  /** Keeps what it still holds, if the store takes it. */
  close(): Promise<void>
}

/**
 * Gathers what is told and keeps it in one call now and then. It holds no more than the log itself does; while the
 * store is away the oldest go.
 * @param onPutOff told why the store did not take them now
 */
export function makeNoteWebhooks(
  log: Pick<WebhookLog, 'add'>,
  cache: Pick<SharedCache, 'set'>,
  now: () => number,
  onPutOff: (error: unknown) => void,
): NoteWebhooks {
  const held: Record<WebhookOutcome, LoggedWebhook[]> = { ignored: [], refused: [] }
  const seen = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()

  const later = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      flushing = flush()
    }, FLUSH_AFTER_MS).unref()
  }
  const hold = (entry: LoggedWebhook) => {
    const list = held[entry.outcome]
    list.push(entry)
    if (list.length > KEPT_WEBHOOKS[entry.outcome]) list.shift()
    later()
  }
  const flush = async () => {
    const times = [...seen]
    seen.clear()
    const entries = [...held.refused.splice(0), ...held.ignored.splice(0)]
    try {
      await Promise.all(times.map(([name, at]) => cache.set(lastSeenName(name), String(at), LAST_SEEN_TTL_MS)))
      while (entries.length > 0) {
        await log.add(entries.slice(0, CHUNK))
        entries.splice(0, CHUNK)
      }
    } catch (error) {
      onPutOff(error)
      for (const [name, at] of times) if (!seen.has(name)) seen.set(name, at)
      for (const outcome of ['ignored', 'refused'] as const) {
        const back = [...entries.filter((entry) => entry.outcome === outcome), ...held[outcome]]
        held[outcome] = back.slice(-KEPT_WEBHOOKS[outcome])
      }
      later()
    }
  }

  const refused = (connection: string, reason: RefusalReason) =>
    hold({ id: randomUUID(), at: now(), outcome: 'refused', connection: nameOf(connection), reason })

  return {
    refused,
    answered(connection, received) {
      switch (received.status) {
        case 'unauthorized':
          return refused(connection, received.reason)
        case 'unknown-connection':
        case 'not-json':
        case 'unavailable':
          return refused(connection, received.status)
        case 'queued':
        case 'duplicate':
        case 'erased':
          break
        case 'ignored': {
          const { reason, applicationId, candidateId, stage, job } = received
          const told = present({ applicationId, candidateId, stage, job })
          hold({ id: randomUUID(), at: now(), outcome: 'ignored', connection, reason, ...told })
        }
      }
      seen.set(connection, now())
      later()
    },
    async close() {
      clearTimeout(timer)
      timer = undefined
      await flushing
      await flush()
      clearTimeout(timer)
    },
  }
}

/** What a stranger wrote in the place of a connection's name, if it looks like one. */
function nameOf(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : ''
}

/** Without what is absent, and each text without what a database does not take, and short. */
function present(texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const entries = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text.toWellFormed().replaceAll('\0', '').slice(0, MAX_TEXT)]],
  )
  return Object.fromEntries(entries)
}
