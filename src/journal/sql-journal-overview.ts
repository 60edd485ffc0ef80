import type { DeliveryState } from '../domain/delivery.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import { firstRow, type SqlClient, toNumber } from '../store/sql.ts'
import { type Backlog, type DeliveryGroup, LONGEST_RUN_MS, openStates } from './journal.ts'
import { addToGroup, largestFirst } from './records.ts'

/** The deliveries of a state by connection and reason. */
export async function readGroups(sql: SqlClient, state: DeliveryState): Promise<DeliveryGroup[]> {
  const { rows } = await sql.query(
    `SELECT connection, reason, count(*) AS n, min(updated_at) AS oldest, max(updated_at) AS newest,
       min(coalesce(round_started_at, updated_at)) AS round_started_at, min(limited_since) AS limited_since
     FROM bridge.delivery WHERE state = $1 GROUP BY connection, reason`,
    [state],
  )
  const groups = new Map<string, DeliveryGroup>()
  for (const row of rows) {
    const limitedSince = toNumber(row['limited_since'])
    addToGroup(groups, {
      connection: String(row['connection']),
      ...(row['reason'] !== null && { reason: row['reason'] as DeliveryReason }),
      count: Number(row['n']),
      oldest: Number(row['oldest']),
      newest: Number(row['newest']),
      roundStartedAt: Number(row['round_started_at']),
      ...(limitedSince !== undefined && { limitedSince }),
    })
  }
  return largestFirst(groups)
}

/** One count per span. */
export async function readPerSpan(
  sql: SqlClient,
  state: DeliveryState,
  since: number,
  spanMs: number,
  spans: number,
): Promise<number[]> {
  const { rows } = await sql.query(
    `SELECT (received_at - $2::bigint) / $3::bigint AS span, count(*) AS n FROM bridge.delivery
     WHERE state = $1 AND received_at >= $2::bigint AND received_at < $2::bigint + $3::bigint * $4::bigint GROUP BY 1`,
    [state, since, spanMs, spans],
  )
  const counted = new Map(rows.map((row) => [Number(row['span']), Number(row['n'])]))
  return Array.from({ length: spans }, (_, span) => counted.get(span) ?? 0)
}

const perState = openStates.map((state) => `count(*) FILTER (WHERE state = '${state}') AS ${state}`).join(', ')
const isOpen = `state IN (${openStates.map((state) => `'${state}'`).join(', ')})`

/** Of one whose turn came before $1: it is not at work, or has been for too long. */
const IS_WAITING = `(state <> 'running' OR due_at < $1::bigint - ${LONGEST_RUN_MS})`

/** When the turn of the one came that waits longest past it. Ordered, so that the index of turns is read and no more. */
export async function readOldestDueAt(sql: SqlClient, now: number): Promise<number | undefined> {
  const row = await firstRow(
    sql,
    `SELECT due_at FROM bridge.delivery WHERE due_at < $1::bigint AND ${IS_WAITING} ORDER BY due_at LIMIT 1`,
    [now],
  )
  return toNumber(row?.['due_at'])
}

/** The open deliveries of each connection. */
export async function readBacklogs(sql: SqlClient, now: number): Promise<Backlog[]> {
  const { rows } = await sql.query(
    `SELECT connection, ${perState}, min(due_at) FILTER (WHERE due_at < $1::bigint AND ${IS_WAITING}) AS oldest
     FROM bridge.delivery WHERE ${isOpen} GROUP BY connection`,
    [now],
  )
  return rows.map((row) => {
    const oldestDueAt = toNumber(row['oldest'])
    return {
      connection: String(row['connection']),
      counts: Object.fromEntries(openStates.map((state) => [state, Number(row[state])])) as Backlog['counts'],
      ...(oldestDueAt !== undefined && { oldestDueAt }),
    }
  })
}
