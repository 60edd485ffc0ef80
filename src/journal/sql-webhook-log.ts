import { guarded } from '../store/guarded.ts'
import type { SqlClient } from '../store/sql.ts'
import type { RecordsOf } from './journal.ts'
import { fromCursor, toCursor } from './records.ts'
import {
  KEPT_WEBHOOKS,
  type LoggedWebhook,
  type WebhookGroup,
  type WebhookLog,
  type WebhookQuery,
} from './webhook-log.ts'

/** The log in `bridge.webhook`. */
export function sqlWebhookLog(sql: SqlClient): WebhookLog {
  return guarded<WebhookLog>(new SqlWebhookLog(sql))
}

class SqlWebhookLog implements WebhookLog {
  readonly #sql: SqlClient

  constructor(sql: SqlClient) {
    this.#sql = sql
  }

  async add(entries: readonly LoggedWebhook[]): Promise<void> {
    await this.#sql.query(
      `INSERT INTO bridge.webhook (id, webhook) SELECT entry ->> 'id', entry FROM jsonb_array_elements($1::jsonb) AS entry
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(entries)],
    )
    for (const outcome of new Set(entries.map((entry) => entry.outcome))) {
      await this.#sql.query(
        `DELETE FROM bridge.webhook WHERE outcome = $1 AND (at, id) <= (
           SELECT at, id FROM bridge.webhook WHERE outcome = $1 ORDER BY at DESC, id DESC OFFSET $2::int LIMIT 1)`,
        [outcome, KEPT_WEBHOOKS[outcome]],
      )
    }
  }

  async list(query: WebhookQuery): Promise<{ items: readonly LoggedWebhook[]; nextCursor: string | undefined }> {
    const params: unknown[] = []
    const param = (value: unknown) => `$${params.push(value)}`
    const conditions = [`at >= ${param(query.since)}::bigint`]
    if (query.outcome !== undefined) conditions.push(`outcome = ${param(query.outcome)}`)
    if (query.connection !== undefined) conditions.push(`webhook ->> 'connection' = ${param(query.connection)}`)
    if (query.reason !== undefined) conditions.push(`webhook ->> 'reason' = ${param(query.reason)}`)
    if (query.stage !== undefined) conditions.push(`coalesce(webhook ->> 'stage', '') = ${param(query.stage)}`)
    if (query.job !== undefined) conditions.push(`coalesce(webhook ->> 'job', '') = ${param(query.job)}`)
    if (query.q !== undefined) {
      const q = param(query.q)
      conditions.push(`(webhook ->> 'applicationId' = ${q} OR webhook ->> 'candidateId' = ${q})`)
    }
    const from = fromCursor(query.cursor)
    if (from) conditions.push(`(at, id) < (${param(from.receivedAt)}::bigint, ${param(from.id)})`)
    const { rows } = await this.#sql.query(
      `SELECT webhook FROM bridge.webhook WHERE ${conditions.join(' AND ')}
       ORDER BY at DESC, id DESC LIMIT ${param(query.limit + 1)}::int`,
      params,
    )
    const found = rows.map((row) => row['webhook'] as LoggedWebhook)
    const items = found.slice(0, query.limit)
    const last = items.at(-1)
    const isMore = found.length > query.limit
    return { items, nextCursor: last && isMore ? toCursor({ receivedAt: last.at, id: last.id }) : undefined }
  }

  async groups(since: number): Promise<readonly WebhookGroup[]> {
    const { rows } = await this.#sql.query(
      `SELECT webhook - '{id,at,applicationId,candidateId}'::text[] AS alike, count(*) AS n, min(at) AS first,
         max(at) AS last
       FROM bridge.webhook WHERE at >= $1::bigint GROUP BY 1 ORDER BY last DESC`,
      [since],
    )
    return rows.map((row) => ({
      ...(row['alike'] as Pick<WebhookGroup, 'outcome' | 'connection' | 'reason' | 'stage' | 'job'>),
      count: Number(row['n']),
      first: Number(row['first']),
      last: Number(row['last']),
    }))
  }

  async erase(of: RecordsOf): Promise<void> {
    const [field, id] = 'candidateId' in of ? ['candidateId', of.candidateId] : ['applicationId', of.applicationId]
    await this.#sql.query(
      `DELETE FROM bridge.webhook WHERE outcome = 'ignored' AND webhook ->> 'connection' = $1
         AND webhook ->> '${field}' = $2`,
      [of.connection, id],
    )
  }

  async purge(before: number): Promise<void> {
    await this.#sql.query('DELETE FROM bridge.webhook WHERE at < $1::bigint', [before])
  }
}
