import { randomBytes } from 'node:crypto'
import type { Interview } from '../domain/interview.ts'
import { guarded } from '../store/guarded.ts'
import { firstRow, type SqlClient, toNumber } from '../store/sql.ts'
import type { InterviewEntry, Ledger, TargetEntry, WriteBackKey } from './ledger.ts'

/** The ledger in tables of the schema `bridge`. */
export function sqlLedger(sql: SqlClient): Ledger {
  return guarded<Ledger>(new SqlLedger(sql))
}

class SqlLedger implements Ledger {
  readonly #sql: SqlClient

  constructor(sql: SqlClient) {
    this.#sql = sql
  }

  async hashKey(): Promise<Buffer> {
    const made = randomBytes(32).toString('hex')
    // The empty update makes the row visible that stands, whoever wrote it.
    const row = await firstRow(
      this.#sql,
      `INSERT INTO bridge.setting AS s (name, value) VALUES ('hash-key', $1)
       ON CONFLICT (name) DO UPDATE SET value = s.value RETURNING value`,
      [made],
    )
    return Buffer.from(String(row?.['value']), 'hex')
  }

  async findInterview(person: string): Promise<InterviewEntry | undefined> {
    const row = await firstRow(
      this.#sql,
      'SELECT intent_at, name_words, interview FROM bridge.interview WHERE person = $1',
      [person],
    )
    if (!row) return undefined
    const intentAt = toNumber(row['intent_at'])
    return {
      ...(intentAt !== undefined && { intentAt }),
      nameWords: (row['name_words'] ?? []) as string[],
      ...(row['interview'] !== null && { interview: row['interview'] as Interview }),
    }
  }

  async intendInterview(person: string, nameWords: readonly string[], at: number): Promise<void> {
    await this.#sql.query(
      `INSERT INTO bridge.interview AS i (person, name_words, intent_at) VALUES ($1, $2::jsonb, $3::bigint)
       ON CONFLICT (person) DO UPDATE SET intent_at = excluded.intent_at, touched_at = now(),
         name_words = coalesce(i.name_words, excluded.name_words)`,
      [person, JSON.stringify(nameWords), at],
    )
  }

  async withdrawInterview(person: string): Promise<void> {
    await this.#sql.query('DELETE FROM bridge.interview WHERE person = $1 AND interview IS NULL', [person])
  }

  async keepInterview(person: string, interview: Interview): Promise<Interview> {
    const row = await firstRow(
      this.#sql,
      `INSERT INTO bridge.interview AS i (person, interview) VALUES ($1, $2::jsonb)
       ON CONFLICT (person) DO UPDATE SET interview = coalesce(i.interview, excluded.interview), touched_at = now()
       RETURNING interview`,
      [person, JSON.stringify(interview)],
    )
    return row?.['interview'] as Interview
  }

  async findLinkPattern(): Promise<string | undefined> {
    const row = await firstRow(this.#sql, "SELECT value FROM bridge.setting WHERE name = 'link-pattern'", [])
    return row?.['value'] as string | undefined
  }

  async keepLinkPattern(pattern: string): Promise<void> {
    await this.#sql.query(
      `INSERT INTO bridge.setting (name, value) VALUES ('link-pattern', $1)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [pattern],
    )
  }

  async findWriteBack(key: WriteBackKey): Promise<ReadonlyMap<string, TargetEntry>> {
    const { rows } = await this.#sql.query(
      `SELECT target, intent_at, done_at FROM bridge.write_back
       WHERE connection = $1 AND application_id = $2 AND route_id = $3`,
      [key.connection, key.applicationId, key.routeId],
    )
    return new Map(rows.map((row) => [String(row['target']), targetEntry(row)]))
  }

  async intendWrite(key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#mark('intent_at', key, target, at)
  }

  async withdrawWrite(key: WriteBackKey, target: string): Promise<void> {
    await this.#sql.query(
      `UPDATE bridge.write_back SET intent_at = NULL
       WHERE connection = $1 AND application_id = $2 AND route_id = $3 AND target = $4`,
      [key.connection, key.applicationId, key.routeId, target],
    )
  }

  async markWritten(key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#mark('done_at', key, target, at)
  }

  async purge(before: number): Promise<void> {
    for (const table of ['interview', 'write_back']) {
      await this.#sql.query(`DELETE FROM bridge.${table} WHERE touched_at < to_timestamp($1)`, [before / 1000])
    }
  }

  async #mark(column: 'intent_at' | 'done_at', key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#sql.query(
      `INSERT INTO bridge.write_back (connection, application_id, route_id, target, ${column})
       VALUES ($1, $2, $3, $4, $5::bigint)
       ON CONFLICT (connection, application_id, route_id, target)
       DO UPDATE SET ${column} = excluded.${column}, touched_at = now()`,
      [key.connection, key.applicationId, key.routeId, target, at],
    )
  }
}

function targetEntry(row: Record<string, unknown>): TargetEntry {
  const intentAt = toNumber(row['intent_at'])
  const doneAt = toNumber(row['done_at'])
  return { ...(intentAt !== undefined && { intentAt }), ...(doneAt !== undefined && { doneAt }) }
}
