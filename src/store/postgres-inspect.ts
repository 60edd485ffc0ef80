import pg from 'pg'
import { sqlJournal } from '../journal/sql-journal.ts'
import { trySqlLedger } from '../ledger/sql-ledger.ts'
import type { InspectedStore } from './inspect.ts'
import { measureSkew, sqlTime } from './skew.ts'
import type { SqlClient } from './sql.ts'
import { sqlCache } from './sql-leases.ts'
import { sqlOver } from './sql-over-pg.ts'

const PATIENCE_MS = 5_000

/** What PostgreSQL says of itself. */
export interface PostgresFacts {
  readonly kind: 'postgres'
  readonly version: string
  readonly fsync: string
  readonly synchronousCommit: string
  readonly fullPageWrites: string
  /** A standby takes no writes. */
  readonly isStandby: boolean
  /** Whether the bridge has made its tables there. */
  readonly hasTables: boolean
  readonly answerMs: number
  /** Its clock less ours, milliseconds. */
  readonly skewMs: number
}

const factsQuery = `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
  current_setting('synchronous_commit') AS synchronous_commit, current_setting('full_page_writes') AS full_page_writes,
  pg_is_in_recovery() AS is_standby, to_regclass('bridge.delivery') IS NOT NULL AS has_tables`

/** @throws Error the driver's */
export async function inspectPostgres(url: string): Promise<InspectedStore> {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    max: 2,
  })
  pool.on('error', () => undefined)
  const sql = sqlOver(pool)
  const close = async () => await pool.end()
  try {
    const facts = await read(sql)
    if (!facts.hasTables) return { facts, close }
    const tryKeys: InspectedStore['tryKeys'] = (vault) => trySqlLedger(sql, vault)
    return { facts, close, cache: sqlCache(sql), journal: sqlJournal(sql), tryKeys }
  } catch (error) {
    await close()
    throw error
  }
}

async function read(sql: SqlClient): Promise<PostgresFacts> {
  const { rows } = await sql.query(factsQuery)
  const found = rows[0] ?? {}
  const skew = await measureSkew(() => sqlTime(sql))
  return {
    kind: 'postgres',
    version: String(found['version'] ?? ''),
    fsync: String(found['fsync']),
    synchronousCommit: String(found['synchronous_commit']),
    fullPageWrites: String(found['full_page_writes']),
    isStandby: found['is_standby'] === true,
    hasTables: found['has_tables'] === true,
    ...skew,
  }
}
