import { type Delivery, type DeliveryState, deliveryStates, type TimelineEntry } from '../domain/delivery.ts'
import { guarded } from '../store/guarded.ts'
import { firstRow, type SqlClient, toNumber } from '../store/sql.ts'
import {
  type Backlog,
  type DeliveryGroup,
  ERASED_ID,
  type Journal,
  type JournalEntry,
  type JournalQuery,
  type LastReceived,
  type RecordsOf,
  type Run,
  type RunEnd,
} from './journal.ts'
import {
  erasedEntry,
  keptOf,
  PURGE_CHUNK,
  present,
  purgeAll,
  receivedEntry,
  requeuedEntry,
  TIMELINE_HEAD,
  TIMELINE_TAIL,
  toCursor,
} from './records.ts'
import { readBacklogs, readGroups, readOldestDueAt, readPerSpan } from './sql-journal-overview.ts'
import { ENTRY_COLUMNS, listStatement, toEntry } from './sql-record.ts'

const FINAL = "('delivered', 'lapsed', 'dead')"
const appended = (entries: string) =>
  `bridge.appended(d.timeline, ${entries}::jsonb, ${TIMELINE_HEAD}, ${TIMELINE_TAIL})`

/** The journal in `bridge.delivery`; each change is one statement. */
export function sqlJournal(sql: SqlClient): Journal {
  return guarded<Journal>(new SqlJournal(sql))
}

class SqlJournal implements Journal {
  readonly #sql: SqlClient

  constructor(sql: SqlClient) {
    this.#sql = sql
  }

  /** Sorted, so that two replicas that are told the same ones do not wait for each other in a circle. */
  async received(deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
    const unique = [...new Map(deliveries.map((delivery) => [delivery.id, delivery])).values()]
    const rows = unique.sort((one, other) => (one.id < other.id ? -1 : 1))
    const items = rows.map((delivery) => ({ delivery, timeline: [receivedEntry(delivery)] }))
    const fresh = await this.#sql.query(
      `INSERT INTO bridge.delivery AS d (id, delivery, announced, state, due_at, updated_at, timeline)
       SELECT delivery ->> 'id', delivery, true, 'queued', at, at, timeline
       FROM jsonb_to_recordset($1::jsonb) AS item (delivery jsonb, timeline jsonb),
         LATERAL (SELECT (delivery ->> 'receivedAt')::bigint AS at) AS received
       ON CONFLICT (id) DO UPDATE SET announced = true WHERE NOT d.announced RETURNING id`,
      [JSON.stringify(items)],
    )
    const isNew = new Set(fresh.rows.map((row) => String(row['id'])))
    // Of one delivery told twice, one is new.
    return deliveries.map(({ id }) => isNew.delete(id))
  }

  async started(delivery: Delivery, at: number): Promise<Run | undefined> {
    const row = await firstRow(
      this.#sql,
      `INSERT INTO bridge.delivery AS d
         (id, delivery, announced, state, due_at, updated_at, timeline, run, unfinished, round_started_at)
       VALUES ($1, $2::jsonb, false, 'running', $3::bigint, $3::bigint, $4::jsonb, 1, 1, $3::bigint)
       ON CONFLICT (id) DO UPDATE SET state = 'running', reason = NULL, next_attempt_at = NULL,
         due_at = excluded.due_at, updated_at = excluded.updated_at, run = d.run + 1, unfinished = d.unfinished + 1,
         round_started_at = coalesce(d.round_started_at, excluded.round_started_at)
       WHERE d.state NOT IN ${FINAL}
       RETURNING run, round, attempts, unfinished, round_started_at, refused_since`,
      [delivery.id, JSON.stringify(delivery), at, JSON.stringify([receivedEntry(delivery)])],
    )
    if (!row) return undefined
    const refusedSince = toNumber(row['refused_since'])
    return {
      run: Number(row['run']),
      round: Number(row['round']),
      attempt: Number(row['attempts']) + 1,
      unfinished: Number(row['unfinished']),
      roundStartedAt: Number(row['round_started_at']),
      ...(refusedSince !== undefined && { refusedSince }),
    }
  }

  async advanced(id: string, run: number): Promise<void> {
    await this.#sql.query(
      "UPDATE bridge.delivery SET unfinished = 1 WHERE id = $1 AND run = $2::int AND state = 'running'",
      [id, run],
    )
  }

  async unfinished(id: string): Promise<{ runs: number; lastBeganAt: number } | undefined> {
    const row = await firstRow(
      this.#sql,
      "SELECT unfinished, updated_at FROM bridge.delivery WHERE id = $1 AND state = 'running'",
      [id],
    )
    return row && { runs: Number(row['unfinished']), lastBeganAt: Number(row['updated_at']) }
  }

  async ended(id: string, run: number, end: RunEnd): Promise<void> {
    const { person, ...learned } = keptOf(end)
    const isFinal = end.state !== 'retrying'
    const { at, nextAttemptAt } = end
    await this.#sql.query(
      `UPDATE bridge.delivery AS d SET state = $3, reason = $4, updated_at = $5::bigint, next_attempt_at = $6::bigint,
         due_at = $7::bigint, ended_at = $8::bigint, attempts = attempts + $9::int, unfinished = 0,
         refused_since = $10::bigint, round_started_at = coalesce($14::bigint, round_started_at),
         limited_since = CASE WHEN $4 = 'rate-limited' THEN coalesce(limited_since, $5::bigint) END,
         delivery = delivery || CASE WHEN merged AND NOT $11::jsonb ? 'applicationId' THEN $11::jsonb - 'candidateId' ELSE $11::jsonb END,
         person = CASE WHEN $11::jsonb ? 'applicationId' THEN NULL ELSE coalesce($12, person) END,
         timeline = ${appended('$13')}
       WHERE id = $1 AND run = $2::int AND state = 'running'`,
      [
        ...[id, run, end.state, end.reason, at, nextAttemptAt ?? null],
        ...[isFinal ? null : (nextAttemptAt ?? at), isFinal ? at : null, end.isAttempt ? 1 : 0],
        ...[end.refusedSince ?? null, JSON.stringify(present(learned)), person ?? null, JSON.stringify(end.timeline)],
        end.roundStartedAt ?? null,
      ],
    )
  }

  async requeued(id: string, at: number, turnAt = at): Promise<{ delivery: Delivery; round: number } | undefined> {
    const row = await firstRow(
      this.#sql,
      `UPDATE bridge.delivery AS d SET state = 'queued', reason = NULL, next_attempt_at = nullif($4::bigint, $2::bigint), attempts = 0,
         unfinished = 0, round = round + 1, round_started_at = NULL, refused_since = NULL, ended_at = NULL,
         due_at = $4::bigint, updated_at = $2::bigint, timeline = ${appended('$3')}
       WHERE id = $1 AND state IN ('dead', 'lapsed') AND application_id <> '${ERASED_ID}' RETURNING delivery, round`,
      [id, at, JSON.stringify([requeuedEntry(at)]), turnAt],
    )
    return row && { delivery: row['delivery'] as Delivery, round: Number(row['round']) }
  }

  async find(id: string): Promise<JournalEntry | undefined> {
    const row = await firstRow(this.#sql, `SELECT ${ENTRY_COLUMNS} FROM bridge.delivery WHERE id = $1`, [id])
    return row && toEntry(row)
  }

  async timeline(id: string): Promise<readonly TimelineEntry[]> {
    const row = await firstRow(this.#sql, 'SELECT timeline FROM bridge.delivery WHERE id = $1', [id])
    return (row?.['timeline'] ?? []) as TimelineEntry[]
  }

  async list(query: JournalQuery): Promise<{ items: readonly JournalEntry[]; nextCursor: string | undefined }> {
    const { text, params } = listStatement(query)
    const { rows } = await this.#sql.query(text, params)
    const items = rows.slice(0, query.limit).map(toEntry)
    const last = items.at(-1)
    return { items, nextCursor: last && rows.length > query.limit ? toCursor(last) : undefined }
  }

  async lastReceived(applicationIds: readonly string[]): Promise<readonly LastReceived[]> {
    const { rows } = await this.#sql.query(
      `SELECT application_id, delivery ->> 'routeId' AS route_id, max(received_at) AS received_at
       FROM bridge.delivery WHERE application_id = ANY ($1) GROUP BY 1, 2`,
      [applicationIds],
    )
    return rows.map((row) => ({
      applicationId: String(row['application_id']),
      routeId: String(row['route_id']),
      receivedAt: Number(row['received_at']),
    }))
  }

  async counts(): Promise<Readonly<Record<DeliveryState, number>>> {
    const { rows } = await this.#sql.query('SELECT state, count(*) AS n FROM bridge.delivery GROUP BY state')
    const found = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['n'])]))
    return Object.fromEntries(deliveryStates.map((state) => [state, found[state] ?? 0])) as Record<
      DeliveryState,
      number
    >
  }

  async groups(state: DeliveryState): Promise<readonly DeliveryGroup[]> {
    return await readGroups(this.#sql, state)
  }

  async backlogs(now: number): Promise<readonly Backlog[]> {
    return await readBacklogs(this.#sql, now)
  }

  async oldestDueAt(now: number): Promise<number | undefined> {
    return await readOldestDueAt(this.#sql, now)
  }

  async perSpan(state: DeliveryState, since: number, spanMs: number, spans: number): Promise<readonly number[]> {
    return await readPerSpan(this.#sql, state, since, spanMs, spans)
  }

  async overdue(
    before: number,
    limit: number,
  ): Promise<readonly { delivery: Delivery; round: number; dueAt: number }[]> {
    const { rows } = await this.#sql.query(
      `SELECT delivery, round, due_at FROM bridge.delivery WHERE due_at < $1::bigint
       ORDER BY due_at, id LIMIT $2::int`,
      [before, limit],
    )
    return rows.map((row) => ({
      delivery: row['delivery'] as Delivery,
      round: Number(row['round']),
      dueAt: Number(row['due_at']),
    }))
  }

  async erase(
    of: RecordsOf,
    at: number,
    except: readonly string[] = [],
  ): Promise<{ records: number; rounds: { id: string; round: number }[] }> {
    const [column, id] = 'candidateId' in of ? ['candidate_id', of.candidateId] : ['application_id', of.applicationId]
    const { rows } = await this.#sql.query(
      `WITH found AS (SELECT id, state FROM bridge.delivery
         WHERE connection = $1 AND ${column} = $2 AND id <> ALL ($5::text[]) FOR UPDATE)
       UPDATE bridge.delivery AS d SET person = NULL,
         delivery = delivery || '{"applicationId":"${ERASED_ID}","candidateId":"${ERASED_ID}"}'::jsonb,
         timeline = ${appended('$4')},
         state = CASE WHEN d.state = 'delivered' THEN d.state ELSE 'lapsed' END,
         reason = CASE WHEN d.state IN ('delivered', 'lapsed') THEN d.reason ELSE 'anonymized' END,
         updated_at = CASE WHEN d.state IN ('delivered', 'lapsed') THEN d.updated_at ELSE $3::bigint END,
         ended_at = CASE WHEN d.state IN ('delivered', 'lapsed') THEN d.ended_at ELSE $3::bigint END,
         next_attempt_at = NULL, due_at = NULL, refused_since = NULL
       FROM found WHERE d.id = found.id RETURNING d.id, d.round, found.state IN ${FINAL} AS had_ended`,
      [of.connection, id, at, JSON.stringify([erasedEntry(at)]), except],
    )
    const cut = rows.filter((row) => row['had_ended'] !== true)
    const rounds = cut.map((row) => ({ id: String(row['id']), round: Number(row['round']) }))
    return { records: rows.length, rounds }
  }

  async merge(connection: string, candidateId: string, into: string): Promise<void> {
    await this.#sql.query(
      `UPDATE bridge.delivery SET merged = true, delivery = delivery || jsonb_build_object('candidateId', $3::text)
       WHERE connection = $1 AND candidate_id = $2`,
      [connection, candidateId, into],
    )
  }

  async purge(before: number): Promise<number> {
    return await purgeAll(async () => {
      const { rows } = await this.#sql.query(
        `DELETE FROM bridge.delivery WHERE id IN
           (SELECT id FROM bridge.delivery WHERE ended_at < $1::bigint LIMIT $2::int) RETURNING 1`,
        [before, PURGE_CHUNK],
      )
      return rows.length
    })
  }
}
