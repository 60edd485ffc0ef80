import type { Delivery, DeliveryState } from '../domain/delivery.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import { toNumber } from '../store/sql.ts'
import type { JournalEntry, JournalQuery } from './journal.ts'
import { fromCursor } from './records.ts'

/** The columns an entry is made of. */
export const ENTRY_COLUMNS =
  'delivery, state, reason, round, attempts, next_attempt_at, round_started_at, refused_since, updated_at, person'

/** A row of `bridge.delivery` as people see it. */
export function toEntry(row: Record<string, unknown>): JournalEntry {
  const nextAttemptAt = toNumber(row['next_attempt_at'])
  const roundStartedAt = toNumber(row['round_started_at'])
  const refusedSince = toNumber(row['refused_since'])
  return {
    ...(row['delivery'] as Delivery),
    state: row['state'] as DeliveryState,
    ...(row['reason'] !== null && { reason: row['reason'] as DeliveryReason }),
    round: Number(row['round']),
    attempts: Number(row['attempts']),
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    ...(roundStartedAt !== undefined && { roundStartedAt }),
    ...(refusedSince !== undefined && { refusedSince }),
    updatedAt: Number(row['updated_at']),
    ...(row['person'] !== null && { person: String(row['person']) }),
  }
}

/** The statement that lists one page and one row more, which tells whether there is a next page. */
export function listStatement(query: JournalQuery): { text: string; params: unknown[] } {
  const params: unknown[] = []
  const param = (value: unknown) => `$${params.push(value)}`
  const conditions: string[] = []
  if (query.state !== undefined) conditions.push(`state = ${param(query.state)}`)
  if (query.reason !== undefined) conditions.push(`reason = ${param(query.reason)}`)
  if (query.connection !== undefined) conditions.push(`connection = ${param(query.connection)}`)
  if (query.q !== undefined) {
    const q = param(query.q)
    conditions.push(`(id = ${q} OR application_id = ${q} OR candidate_id = ${q})`)
  }
  const from = fromCursor(query.cursor)
  if (from) conditions.push(`(received_at, id) < (${param(from.receivedAt)}::bigint, ${param(from.id)})`)
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const text = `SELECT ${ENTRY_COLUMNS} FROM bridge.delivery ${where}
    ORDER BY received_at DESC, id DESC LIMIT ${param(query.limit + 1)}::int`
  return { text, params }
}
