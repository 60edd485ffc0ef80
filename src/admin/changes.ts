import type { FastifyReply } from 'fastify'
import type { Journal } from '../journal/journal.ts'
import type { WebhookLog } from '../journal/webhook-log.ts'

const LOOK_EVERY_MS = 2_000
/** Proxies cut a stream that is silent for a minute. */
const COMMENT_EVERY_MS = 15_000

interface ChangeTools {
  readonly journal: Pick<Journal, 'counts' | 'list' | 'find'>
  readonly webhooks: Pick<WebhookLog, 'list'>
}

interface Watcher {
  readonly delivery: string | undefined
  seen: string | undefined
  readonly tell: (text: string) => void
  readonly end: () => void
}

/** Streams that say "something changed" and nothing else: ids of people do not belong into a stream. */
export interface Changes {
  /** Answers with a stream, which ends when the reader leaves. @param delivery the one that is looked at, if it is one */
  open(reply: FastifyReply, delivery: string | undefined): void
  /** Ends all streams, without which the server could not close. */
  close(): void
}

/** Looks at the store for all readers together, and only while there is one. */
export function makeChanges({ journal, webhooks }: ChangeTools): Changes {
  const watchers = new Set<Watcher>()
  let timer: NodeJS.Timeout | undefined

  const look = async () => {
    const [counts, newest, last] = await Promise.all([
      journal.counts(),
      journal.list({ limit: 1 }),
      webhooks.list({ since: 0, limit: 1 }),
    ])
    const all = JSON.stringify([counts, newest.items[0]?.id, last.items[0]?.id])
    const lookFor = async (watcher: Watcher) => {
      const own = watcher.delivery === undefined ? undefined : await journal.find(watcher.delivery)
      const seen = own ? JSON.stringify([own.state, own.updatedAt, own.attempts]) : all
      // The first time too: something may have changed between the page and its stream.
      if (watcher.seen !== seen) watcher.tell('data: {}\n\n')
      watcher.seen = seen
    }
    // What cannot be read for one is no reason to tell the others nothing.
    await Promise.allSettled([...watchers].map(lookFor))
  }
  const lookAfter = (ms: number) => {
    timer ??= setTimeout(() => {
      // A store that is away changes nothing that could be told.
      look()
        .catch(() => undefined)
        .finally(() => {
          timer = undefined
          if (watchers.size > 0) lookAfter(LOOK_EVERY_MS)
        })
    }, ms)
  }

  return {
    open(reply, delivery) {
      reply.hijack()
      const { raw } = reply
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) raw.setHeader(name, value)
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      })
      raw.write('retry: 3000\n\n')
      const comments = setInterval(() => raw.write(':\n\n'), COMMENT_EVERY_MS)
      const watcher: Watcher = { delivery, seen: undefined, tell: (text) => raw.write(text), end: () => raw.end() }
      watchers.add(watcher)
      raw.on('close', () => {
        clearInterval(comments)
        watchers.delete(watcher)
      })
      lookAfter(0)
    },
    close() {
      for (const watcher of watchers) watcher.end()
      watchers.clear()
      clearTimeout(timer)
    },
  }
}
