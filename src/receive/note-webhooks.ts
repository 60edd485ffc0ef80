import { randomUUID } from 'node:crypto'
import { storable } from '../domain/delivery.ts'
import type { RecordsOf } from '../journal/journal.ts'
import {
  isTheirs,
  KEPT_WEBHOOKS,
  type LoggedWebhook,
  type RefusalReason,
  type WebhookLog,
  type WebhookOutcome,
} from '../journal/webhook-log.ts'
import type { SharedCache } from '../store/store.ts'
import type { Received } from './accept-webhook.ts'

/** Kept so long after the last one came, */
const QUIET_MS = 500
/** or, when they do not cease, after the first: in a flood most have been pushed out by then, and are never written. */
const LONGEST_MS = 5_000
const CHUNK = 500
const MAX_TEXT = 200
const LAST_SEEN_TTL_MS = 400 * 86_400_000

const lastSeenName = (connection: string) => `webhook-seen:${connection}`

/** When a connection's last webhook with a good signature came, epoch milliseconds. @throws StoreUnavailableError */
export async function lastWebhookAt(cache: Pick<SharedCache, 'get'>, connection: string): Promise<number | undefined> {
  const text = await cache.get(lastSeenName(connection))
  return text === undefined ? undefined : Number(text)
}

type Ignored = Extract<Received, { status: 'ignored' }>

/** A webhook as it came. What is written of it is made then: in a flood most never are. */
interface Held {
  /** Given when it is written first, and kept: the store may have taken what it seems to have refused. */
  id: string | undefined
  readonly at: number
  readonly connection: string
  readonly told: Ignored | { readonly refused: RefusalReason }
}

/** Keeps a memory of webhooks beside the line: whoever tells of one waits for nothing and is never failed. */
export interface NoteWebhooks {
  answered(connection: string, received: Received): void
  refused(connection: string, reason: RefusalReason): void
  /** Takes out what names a person, also of what it still holds here. @throws StoreUnavailableError */
  erase(of: RecordsOf): Promise<void>
  /** Keeps what it still holds, if the store takes it. */
  close(): Promise<void>
}

/**
 * Gathers what is told and keeps it in one call now and then. It holds no more than the log itself does; while the
 * store is away the oldest go.
 * @param onPutOff told why the store did not take them now
 */
export function makeNoteWebhooks(
  log: Pick<WebhookLog, 'add' | 'erase'>,
  cache: Pick<SharedCache, 'set'>,
  now: () => number,
  onPutOff: (error: unknown) => void,
): NoteWebhooks {
  const held: Record<WebhookOutcome, Held[]> = { ignored: [], refused: [] }
  const seen = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let firstAt = 0
  let lastAt = 0
  let flushing: Promise<void> = Promise.resolve()

  const later = () => {
    lastAt = performance.now()
    if (timer !== undefined) return
    firstAt = lastAt
    wait(QUIET_MS)
  }
  const wait = (ms: number) => {
    timer = setTimeout(() => {
      const left = Math.min(lastAt + QUIET_MS, firstAt + LONGEST_MS) - performance.now()
      if (left > 0) return wait(left)
      timer = undefined
      flushing = flushing.then(flush)
    }, ms).unref()
  }
  const hold = (outcome: WebhookOutcome, connection: string, told: Held['told']) => {
    const list = held[outcome]
    list.push({ id: undefined, at: now(), connection, told })
    if (list.length > KEPT_WEBHOOKS[outcome]) list.shift()
    later()
  }
  const write = async (outcome: WebhookOutcome) => {
    const taken = held[outcome].splice(0)
    try {
      for (; taken.length > 0; taken.splice(0, CHUNK)) await log.add(taken.slice(0, CHUNK).map(toLogged))
    } catch (error) {
      held[outcome] = [...taken, ...held[outcome]].slice(-KEPT_WEBHOOKS[outcome])
      throw error
    }
  }
  const flush = async () => {
    const times = [...seen]
    seen.clear()
    try {
      await Promise.all(times.map(([name, at]) => cache.set(lastSeenName(name), String(at), LAST_SEEN_TTL_MS)))
      await write('refused')
      await write('ignored')
    } catch (error) {
      onPutOff(error)
      for (const [name, at] of times) if (!seen.has(name)) seen.set(name, at)
      later()
    }
  }

  const refused = (connection: string, reason: RefusalReason) => hold('refused', connection, { refused: reason })

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
        case 'ignored':
          hold('ignored', connection, received)
      }
      seen.set(connection, now())
      later()
    },
    async erase(of) {
      await flushing
      held.ignored = held.ignored.filter(({ connection, told }) => 'refused' in told || !isTheirs(connection, told, of))
      await log.erase(of)
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

function toLogged(one: Held): LoggedWebhook {
  one.id ??= randomUUID()
  const { id, at, connection, told } = one
  if ('refused' in told) return { id, at, outcome: 'refused', connection: nameOf(connection), reason: told.refused }
  const { reason, applicationId, candidateId, stage, job } = told
  return { id, at, outcome: 'ignored', connection, reason, ...present({ applicationId, candidateId, stage, job }) }
}

/** What a stranger wrote in the place of a connection's name, if it looks like one. */
function nameOf(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : ''
}

/** Without what is absent, and each text short, and without what a database does not take: a cut may halve a character. */
function present(texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const entries = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text.slice(0, MAX_TEXT)]],
  )
  return storable(Object.fromEntries(entries))
}
