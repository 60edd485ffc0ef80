import type { Redis } from 'ioredis'
import { guarded } from '../store/guarded.ts'
import { KEY_PREFIX } from '../store/redis-script.ts'
import type { RecordsOf } from './journal.ts'
import { fromCursor, type Position, toCursor } from './records.ts'
import { repliesOf } from './redis-pipeline.ts'
import {
  isTheirs,
  KEPT_WEBHOOKS,
  type LoggedWebhook,
  subjectOfWebhook,
  type WebhookGroup,
  type WebhookLog,
  type WebhookOutcome,
  type WebhookQuery,
} from './webhook-log.ts'

const CHUNK = 1_000
const outcomes = Object.keys(KEPT_WEBHOOKS) as WebhookOutcome[]
const keyOf = (outcome: WebhookOutcome) => `${KEY_PREFIX}webhooks:${outcome}`

/** One sorted set per outcome, by time; an entry is its own text. */
export function redisWebhookLog(redis: Redis): WebhookLog {
  return guarded<WebhookLog>(new RedisWebhookLog(redis))
}

interface Kept {
  readonly text: string
  readonly webhook: LoggedWebhook
}

class RedisWebhookLog implements WebhookLog {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  async add(entries: readonly LoggedWebhook[]): Promise<void> {
    for (const outcome of outcomes) {
      const own = entries.filter((entry) => entry.outcome === outcome)
      if (own.length === 0) continue
      const scored = own.flatMap((entry) => [entry.at, JSON.stringify(entry)])
      const batch = this.#redis.pipeline().zadd(keyOf(outcome), ...scored)
      batch.zremrangebyrank(keyOf(outcome), 0, -1 - KEPT_WEBHOOKS[outcome])
      await repliesOf(batch)
    }
  }

  async list(query: WebhookQuery): Promise<{ items: readonly LoggedWebhook[]; nextCursor: string | undefined }> {
    const from = fromCursor(query.cursor)
    const found: LoggedWebhook[] = []
    for (const outcome of query.outcome ? [query.outcome] : outcomes) {
      let wanted = query.limit + 1
      for await (const { webhook } of this.#walk(outcome, query.since)) {
        if (!isBehind(webhook, from) || !fits(webhook, query)) continue
        found.push(webhook)
        wanted -= 1
        if (wanted === 0) break
      }
    }
    found.sort((one, other) => (isBehind(other, positionOf(one)) ? -1 : 1))
    const items = found.slice(0, query.limit)
    const last = items.at(-1)
    return { items, nextCursor: last && found.length > query.limit ? toCursor(positionOf(last)) : undefined }
  }

  async groups(since: number): Promise<readonly WebhookGroup[]> {
    const groups = new Map<string, WebhookGroup>()
    for (const outcome of outcomes) {
      for await (const { webhook } of this.#walk(outcome, since)) {
        const { connection, reason, at } = webhook
        const { stage, job } = subjectOfWebhook(webhook)
        const key = JSON.stringify([outcome, connection, reason, stage, job])
        const known = groups.get(key)
        groups.set(key, {
          ...{ outcome, connection, reason, ...(stage && { stage }), ...(job && { job }) },
          count: (known?.count ?? 0) + 1,
          first: at,
          last: known?.last ?? at,
        })
      }
    }
    return [...groups.values()].sort((one, other) => other.last - one.last)
  }

  async erase(of: RecordsOf): Promise<void> {
    const gone: string[] = []
    for await (const { text, webhook } of this.#walk('ignored', 0))
      if (isTheirs(webhook.connection, subjectOfWebhook(webhook), of)) gone.push(text)
    if (gone.length > 0) await this.#redis.zrem(keyOf('ignored'), ...gone)
  }

  async purge(before: number): Promise<void> {
    for (const outcome of outcomes) await this.#redis.zremrangebyscore(keyOf(outcome), '-inf', `(${before}`)
  }

  /** Newest first. What is added meanwhile may show an entry twice, never hide one. */
  async *#walk(outcome: WebhookOutcome, since: number): AsyncGenerator<Kept> {
    for (let start = 0; ; start += CHUNK) {
      const texts = await this.#redis.zrevrangebyscore(keyOf(outcome), '+inf', since, 'LIMIT', start, CHUNK)
      for (const text of texts) yield { text, webhook: JSON.parse(text) as LoggedWebhook }
      if (texts.length < CHUNK) return
    }
  }
}

const positionOf = ({ at, id }: LoggedWebhook): Position => ({ receivedAt: at, id })

function isBehind({ at, id }: LoggedWebhook, from: Position | undefined): boolean {
  return !from || at < from.receivedAt || (at === from.receivedAt && id < from.id)
}

function fits(webhook: LoggedWebhook, { connection, reason, stage, job, q }: WebhookQuery): boolean {
  const about = subjectOfWebhook(webhook)
  if (reason !== undefined && webhook.reason !== reason) return false
  if (connection !== undefined && webhook.connection !== connection) return false
  if (stage !== undefined && (about.stage ?? '') !== stage) return false
  if (job !== undefined && (about.job ?? '') !== job) return false
  return q === undefined || [about.applicationId, about.candidateId].includes(q)
}
