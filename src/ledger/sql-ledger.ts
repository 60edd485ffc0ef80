import { randomBytes } from 'node:crypto'
import type { Interview } from '../domain/interview.ts'
import type { Vault } from '../seal/vault.ts'
import { guarded } from '../store/guarded.ts'
import { heldFor } from '../store/held-for.ts'
import { firstRow, type SqlClient, toNumber } from '../store/sql.ts'
import {
  type ErasedEntries,
  HELD_MS,
  type InterviewEntry,
  type InterviewIntent,
  type KnownInterview,
  type Ledger,
  type Life,
  type PersonAt,
  type PersonKey,
  type Subject,
  type SubjectKey,
  type TargetEntry,
  type WriteBackEntry,
  type WriteBackKey,
  type WriteIntent,
} from './ledger.ts'
import { BOTH_LIVE, eraseSubject, LIVING, lifeOf, mergeSubjects, writeFor } from './sql-subjects.ts'

const HASH_KEY = 'hash-key'
const CHUNK = 500

const interviewName = (person: PersonKey) => `interview:${person}`

/** Says whose interview it is: $1 candidate, $2 application, $3 interviewer, $4 person. */
const interviewed = (when = BOTH_LIVE) => `interviewed AS (
  INSERT INTO bridge.interviewed (candidate, application, interviewer, person) SELECT $1, $2, $3, $4 WHERE ${when}
  ON CONFLICT (candidate, application, interviewer, person) DO UPDATE SET touched_at = now())`
const INTENDED = 'EXISTS (SELECT FROM intended)'

type MarkColumn = 'intent_at' | 'done_at'

/** The statement that marks a target for $1 candidate and $2 application; the mark's parameters begin with number `first`. */
const marked = (column: MarkColumn, first: number, when = BOTH_LIVE) => {
  const params = [0, 1, 2, 3].map((at) => `$${first + at}`).join(', ')
  return `INSERT INTO bridge.write_back (candidate, application, connection, application_id, route_id, target, ${column})
    SELECT $1, $2, ${params}, $${first + 4}::bigint WHERE ${when}
    ON CONFLICT (connection, application_id, route_id, target)
    DO UPDATE SET ${column} = excluded.${column}, candidate = excluded.candidate,
      application = excluded.application, touched_at = now()
    RETURNING candidate`
}

const markOf = ({ key, target, at }: WriteIntent) => [key.connection, key.applicationId, key.routeId, target, at]

/** The ledger in tables of the schema `bridge`. */
export function sqlLedger(sql: SqlClient, vault: Vault, storeRun: () => Promise<string>): Ledger {
  return guarded<Ledger>(new SqlLedger(sql, vault, storeRun))
}

/** Tries our keys on a ledger that is there, and makes none. @throws WrongKeyError */
export async function trySqlLedger(sql: SqlClient, vault: Vault): Promise<void> {
  const row = await firstRow(sql, 'SELECT value FROM bridge.setting WHERE name = $1', [HASH_KEY])
  if (row) vault.open(String(row['value']), HASH_KEY)
}

class SqlLedger implements Ledger {
  readonly #sql: SqlClient
  readonly #vault: Vault
  readonly storeRun: () => Promise<string>
  readonly #hashKey = heldFor(HELD_MS, () => this.#readHashKey())
  readonly #linkPattern = heldFor(HELD_MS, () => this.#readLinkPattern())

  constructor(sql: SqlClient, vault: Vault, storeRun: () => Promise<string>) {
    this.#sql = sql
    this.#vault = vault
    this.storeRun = storeRun
  }

  async hashKey(): Promise<Buffer> {
    return await this.#hashKey.get()
  }

  async #readHashKey(): Promise<Buffer> {
    return Buffer.from(this.#vault.open(await this.#keptHashKey(), HASH_KEY), 'hex')
  }

  async reseal(): Promise<number> {
    let resealed = 0
    const kept = await this.#keptHashKey()
    const hashKey = this.#vault.open(kept, HASH_KEY)
    if (!this.#vault.isCurrent(kept)) {
      const replace = "UPDATE bridge.setting SET value = $2 WHERE name = 'hash-key' AND value = $1 RETURNING 1"
      if (await firstRow(this.#sql, replace, [kept, this.#vault.close(hashKey, HASH_KEY)])) resealed += 1
    }
    if (!this.#vault.seals) return resealed
    for await (const { person, kept } of this.#interviews())
      if (await this.#resealInterview(person, kept)) resealed += 1
    return resealed
  }

  async findInterview(person: PersonKey): Promise<InterviewEntry | undefined> {
    const row = await firstRow(
      this.#sql,
      'SELECT intent_at, name_words, interview FROM bridge.interview WHERE person = $1',
      [person],
    )
    return row && this.#toEntry(row, person)
  }

  async interviewsOf(persons: readonly PersonKey[]): Promise<ReadonlyMap<PersonKey, Interview>> {
    const { rows } = await this.#sql.query(
      'SELECT person, interview FROM bridge.interview WHERE person = ANY ($1) AND interview IS NOT NULL',
      [persons],
    )
    return new Map(
      rows.map((row) => [String(row['person']), this.#open(row['interview'], String(row['person']))] as const),
    )
  }

  async findKnown({ candidate, application }: Subject, of: PersonAt): Promise<KnownInterview | undefined> {
    const entry = await this.findInterview(of.person)
    if (entry) return { ...entry, person: of.person }
    const row = await firstRow(
      this.#sql,
      `SELECT person, intent_at, name_words, interview
       FROM bridge.interviewed AS whose JOIN bridge.interview USING (person)
       WHERE (candidate = $1 OR application = $2) AND interviewer = $3
       ORDER BY interview IS NOT NULL DESC, candidate = $1 DESC, whose.touched_at DESC, person LIMIT 1`,
      [candidate, application, of.interviewer],
    )
    if (!row) return undefined
    const person = String(row['person'])
    return { ...this.#toEntry(row, person), person }
  }

  async intendInterview(
    whose: Subject,
    { person, interviewer }: PersonAt,
    { nameWords, at, after }: InterviewIntent,
    begun?: WriteIntent,
  ): Promise<boolean> {
    const row = await this.#write(
      whose,
      `${LIVING}, intended AS (
         INSERT INTO bridge.interview AS i (person, name_words, intent_at)
         SELECT $4, $5::jsonb, $6::bigint WHERE ${BOTH_LIVE}
         ON CONFLICT (person) DO UPDATE SET intent_at = excluded.intent_at, touched_at = now(),
           name_words = coalesce(i.name_words, excluded.name_words)
         WHERE i.interview IS NULL AND coalesce(i.intent_at = $7::bigint, i.intent_at IS NULL)
         RETURNING 1), ${interviewed(INTENDED)}${begun ? `, begun AS (${marked('intent_at', 8, INTENDED)})` : ''}
       SELECT ${INTENDED} AS intended WHERE ${BOTH_LIVE}`,
      [interviewer, person, JSON.stringify(nameWords), at, after ?? null, ...(begun ? markOf(begun) : [])],
    )
    return row['intended'] === true
  }

  async withdrawInterview(person: PersonKey): Promise<void> {
    await this.#sql.query('DELETE FROM bridge.interview WHERE person = $1 AND interview IS NULL', [person])
  }

  async keepInterview(whose: Subject, of: PersonAt, interview: Interview, also?: WriteIntent): Promise<Interview> {
    const row = await this.#write(
      whose,
      `${LIVING}, ${interviewed()}${also ? `, also AS (${marked('intent_at', 6)})` : ''}
       INSERT INTO bridge.interview AS i (person, interview) SELECT $4, $5::jsonb WHERE ${BOTH_LIVE}
       ON CONFLICT (person) DO UPDATE SET interview = coalesce(i.interview, excluded.interview), touched_at = now()
       RETURNING interview`,
      [of.interviewer, of.person, this.#close(interview, of.person), ...(also ? markOf(also) : [])],
    )
    await this.#resealInterview(of.person, row['interview'])
    return this.#open(row['interview'], of.person)
  }

  async replaceInterview(person: PersonKey, kept: Interview, by: Interview): Promise<Interview | undefined> {
    const find = 'SELECT interview FROM bridge.interview WHERE person = $1 AND interview IS NOT NULL'
    const row = await firstRow(this.#sql, find, [person])
    if (!row) return undefined
    const standing = this.#open(row['interview'], person)
    if (standing.link !== kept.link) return standing
    if (await this.#swap(person, row['interview'], by)) return by
    return (await this.findInterview(person))?.interview
  }

  async findByLink(link: string): Promise<PersonKey | undefined> {
    for await (const { person, kept } of this.#interviews()) if (this.#open(kept, person).link === link) return person
    return undefined
  }

  async findLinkPattern(): Promise<string | undefined> {
    return await this.#linkPattern.get()
  }

  async #readLinkPattern(): Promise<string | undefined> {
    const row = await firstRow(this.#sql, "SELECT value FROM bridge.setting WHERE name = 'link-pattern'", [])
    return row?.['value'] as string | undefined
  }

  async keepLinkPattern(pattern: string): Promise<void> {
    if ((await this.#linkPattern.get()) === pattern) return
    await this.#sql.query(
      `INSERT INTO bridge.setting (name, value) VALUES ('link-pattern', $1)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [pattern],
    )
    this.#linkPattern.forget()
  }

  async findWriteBack(whose: Subject, key: WriteBackKey): Promise<{ life: Life; memory: WriteBackEntry }> {
    const [life, memory] = await Promise.all([this.lifeOf(whose), this.#readMemory(key)])
    return { life, memory }
  }

  async #readMemory(key: WriteBackKey): Promise<WriteBackEntry> {
    const { rows } = await this.#sql.query(
      `SELECT target, intent_at, done_at FROM bridge.write_back
       WHERE connection = $1 AND application_id = $2 AND route_id = $3 AND coalesce(intent_at, done_at) IS NOT NULL`,
      [key.connection, key.applicationId, key.routeId],
    )
    return new Map(rows.map((row) => [String(row['target']), targetEntry(row)]))
  }

  async intendWrite(whose: Subject, key: WriteBackKey, target: string, at: number): Promise<Exclude<Life, 'erased'>> {
    return await this.#mark(whose, 'intent_at', { key, target, at })
  }

  async withdrawWrite(key: WriteBackKey, target: string): Promise<void> {
    await this.#sql.query(
      `UPDATE bridge.write_back SET intent_at = NULL
       WHERE connection = $1 AND application_id = $2 AND route_id = $3 AND target = $4`,
      [key.connection, key.applicationId, key.routeId, target],
    )
  }

  async markWritten(whose: Subject, key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#mark(whose, 'done_at', { key, target, at })
  }

  async lifeOf(whose: Subject): Promise<Life> {
    return await lifeOf(this.#sql, whose)
  }

  async erase(subject: SubjectKey): Promise<ErasedEntries> {
    return await eraseSubject(this.#sql, subject)
  }

  async merge(candidate: SubjectKey, into: SubjectKey): Promise<void> {
    await mergeSubjects(this.#sql, candidate, into)
  }

  async purge(before: number): Promise<void> {
    for (const table of ['interview', 'interviewed', 'write_back', 'subject']) {
      await this.#sql.query(`DELETE FROM bridge.${table} WHERE touched_at < to_timestamp($1)`, [before / 1000])
    }
  }

  async #mark(whose: Subject, column: MarkColumn, mark: WriteIntent): Promise<Exclude<Life, 'erased'>> {
    const row = await this.#write(whose, `${LIVING} ${marked(column, 3)}`, markOf(mark))
    return row['candidate'] === whose.candidate ? 'living' : 'merged'
  }

  async #write(whose: Subject, text: string, params: readonly unknown[]): Promise<Record<string, unknown>> {
    return await writeFor(this.#sql, whose, ({ candidate, application }) =>
      firstRow(this.#sql, text, [candidate, application, ...params]),
    )
  }

  /** The empty update makes the row visible that stands, whoever wrote it. */
  async #keptHashKey(): Promise<string> {
    const row = await firstRow(
      this.#sql,
      `INSERT INTO bridge.setting AS s (name, value) VALUES ('hash-key', $1)
       ON CONFLICT (name) DO UPDATE SET value = s.value RETURNING value`,
      [this.#vault.close(randomBytes(32).toString('hex'), HASH_KEY)],
    )
    return String(row?.['value'])
  }

  /** A sealed interview is a JSON text, one in clear an object. */
  #close(interview: Interview, person: PersonKey): string {
    const text = JSON.stringify(interview)
    const kept = this.#vault.close(text, interviewName(person))
    return kept === text ? text : JSON.stringify(kept)
  }

  #toEntry(row: Record<string, unknown>, person: PersonKey): InterviewEntry {
    const intentAt = toNumber(row['intent_at'])
    return {
      ...(intentAt !== undefined && { intentAt }),
      nameWords: (row['name_words'] ?? []) as string[],
      ...(row['interview'] !== null && { interview: this.#open(row['interview'], person) }),
    }
  }

  #text(kept: unknown): string {
    return typeof kept === 'string' ? kept : JSON.stringify(kept)
  }

  #open(kept: unknown, person: PersonKey): Interview {
    return JSON.parse(this.#vault.open(this.#text(kept), interviewName(person))) as Interview
  }

  async #resealInterview(person: PersonKey, kept: unknown): Promise<boolean> {
    const interview = this.#open(kept, person)
    if (this.#vault.isCurrent(this.#text(kept))) return false
    return await this.#swap(person, kept, interview)
  }

  async #swap(person: PersonKey, kept: unknown, by: Interview): Promise<boolean> {
    const row = await firstRow(
      this.#sql,
      'UPDATE bridge.interview SET interview = $3::jsonb WHERE person = $1 AND interview = $2::jsonb RETURNING 1',
      [person, JSON.stringify(kept), this.#close(by, person)],
    )
    return row !== undefined
  }

  /** Every interview that is kept, as it is kept. */
  async *#interviews(): AsyncGenerator<{ person: PersonKey; kept: unknown }> {
    for (let after = ''; ; ) {
      const { rows } = await this.#sql.query(
        `SELECT person, interview FROM bridge.interview WHERE person > $1 AND interview IS NOT NULL
         ORDER BY person LIMIT $2::int`,
        [after, CHUNK],
      )
      for (const row of rows) yield { person: String(row['person']), kept: row['interview'] }
      if (rows.length < CHUNK) return
      after = String(rows.at(-1)?.['person'])
    }
  }
}

function targetEntry(row: Record<string, unknown>): TargetEntry {
  const intentAt = toNumber(row['intent_at'])
  const doneAt = toNumber(row['done_at'])
  return { ...(intentAt !== undefined && { intentAt }), ...(doneAt !== undefined && { doneAt }) }
}
