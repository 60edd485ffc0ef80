import { LapsedError } from '../domain/errors.ts'
import { firstRow, type SqlClient } from '../store/sql.ts'
import type { ErasedEntries, Life, Subject, SubjectKey } from './ledger.ts'

/**
 * Begins a statement that may write only if neither the candidate ($1) nor the application ($2) has been erased. Both
 * have a row that this touches, so that an erasure waits for the statement, and what begins later finds the row erased.
 */
export const LIVING = `WITH living AS (
  INSERT INTO bridge.subject AS s (key) SELECT key FROM unnest(ARRAY[$1::text, $2::text]) AS key ORDER BY key
  ON CONFLICT (key) DO UPDATE SET touched_at = now() WHERE s.erased_at IS NULL RETURNING 1)`

/** Whether both are. */
export const BOTH_LIVE = '(SELECT count(*) FROM living) = 2'

/**
 * Writes for a subject, in the name of whoever a candidate has become.
 * @param write gives nothing if the subject may not be written for
 * @throws LapsedError the candidate or the application has been erased
 */
export async function writeFor<T>(
  sql: SqlClient,
  whose: Subject,
  write: (whose: Subject) => Promise<T | undefined>,
): Promise<T> {
  const written = await write(whose)
  if (written !== undefined) return written
  const candidate = await becomeOf(sql, whose.candidate)
  const again = candidate === whose.candidate ? undefined : await write({ ...whose, candidate })
  if (again === undefined) throw new LapsedError('anonymized')
  return again
}

async function becomeOf(sql: SqlClient, candidate: SubjectKey): Promise<SubjectKey> {
  const row = await firstRow(sql, 'SELECT merged_into FROM bridge.subject WHERE key = $1', [candidate])
  return (row?.['merged_into'] as string | null | undefined) ?? candidate
}

/** Whether they are still there. */
export async function lifeOf(sql: SqlClient, { candidate, application }: Subject): Promise<Life> {
  const become = await becomeOf(sql, candidate)
  const text = 'SELECT FROM bridge.subject WHERE key = ANY ($1) AND erased_at IS NOT NULL AND merged_into IS NULL'
  if (await firstRow(sql, text, [[become, application]])) return 'erased'
  return become === candidate ? 'living' : 'merged'
}

const MARK_ERASED = `INSERT INTO bridge.subject AS s (key, erased_at, merged_into) VALUES ($1, now(), $2::text)
  ON CONFLICT (key) DO UPDATE SET erased_at = now(), merged_into = excluded.merged_into, touched_at = now()
  WHERE s.erased_at IS NULL RETURNING 1`

/** Marks first: what deletes afterwards then sees all that was ever written for the subject. */
export async function eraseSubject(sql: SqlClient, subject: SubjectKey): Promise<ErasedEntries> {
  await sql.query(MARK_ERASED, [subject, null])
  const row = await firstRow(
    sql,
    `WITH person AS (SELECT person FROM bridge.interviewed WHERE candidate = $1 OR application = $1),
       gone AS (DELETE FROM bridge.interview WHERE person IN (SELECT person FROM person) RETURNING 1),
       unwritten AS (DELETE FROM bridge.write_back WHERE candidate = $1 OR application = $1
         RETURNING connection, application_id, route_id),
       unlinked AS (DELETE FROM bridge.interviewed WHERE person IN (SELECT person FROM person))
     SELECT (SELECT count(*) FROM gone) AS interviews, (SELECT count(*) FROM (SELECT DISTINCT * FROM unwritten) AS w)
       AS write_backs`,
    [subject],
  )
  return { interviews: Number(row?.['interviews']), writeBacks: Number(row?.['write_backs']) }
}

/** Marks first, too; whoever had become the first one becomes the other. */
export async function mergeSubjects(sql: SqlClient, candidate: SubjectKey, into: SubjectKey): Promise<void> {
  const target = await becomeOf(sql, into)
  if (target === candidate) return
  if ((await lifeOf(sql, { candidate: target, application: target })) === 'erased') {
    await eraseSubject(sql, candidate)
    return
  }
  const marked = await firstRow(sql, MARK_ERASED, [candidate, target])
  if (!marked && (await becomeOf(sql, candidate)) !== target) return
  await sql.query('UPDATE bridge.subject SET merged_into = $2 WHERE merged_into = $1', [candidate, target])
  await sql.query('UPDATE bridge.write_back SET candidate = $2 WHERE candidate = $1', [candidate, target])
  await sql.query(
    `WITH moved AS (DELETE FROM bridge.interviewed WHERE candidate = $1
       RETURNING application, interviewer, person, touched_at)
     INSERT INTO bridge.interviewed (candidate, application, interviewer, person, touched_at)
     SELECT $2, application, interviewer, person, touched_at FROM moved ON CONFLICT DO NOTHING`,
    [candidate, target],
  )
}
