import { type ConnectionOptions, runMigrations } from 'bullmq'
import pg from 'pg'
import { StoreUnavailableError } from '../domain/errors.ts'
import { HELD_MS } from '../ledger/ledger.ts'
import { makeVault } from '../seal/vault.ts'
import { heldFor } from './held-for.ts'
import { firstRow } from './sql.ts'
import { sqlOver } from './sql-over-pg.ts'
import { migrateBridge } from './sql-schema.ts'
import { sqlStore } from './sql-store.ts'
import type { Store } from './store.ts'

const limits = { connectionTimeoutMillis: 2_000, query_timeout: 2_000 }
/** Any number, the same for every replica. */
const MIGRATION_LOCK = 0x42524944
/** Where BullMQ's unqualified names are found. */
const SCHEMA = 'bullmq'
/** The server's start; and the table itself, which a restored dump makes anew on a server that runs on. */
const RUN = "SELECT concat_ws(' ', pg_postmaster_start_time(), 'bridge.write_back'::regclass::oid) AS run"

/**
 * Opens the store on PostgreSQL: connects, migrates, and only then hands out anything, since a queue that was made
 * while the database was away never recovers.
 * @throws StoreUnavailableError the database is not there, does not let us in, or cannot be migrated
 * @see bullmq6.md section 13, read 2026-11-24
 */
export async function openPostgresStore(url: string, vault = makeVault([])): Promise<Store> {
  await migrate(url)
  const pool = new pg.Pool({
    connectionString: url,
    ...limits,
    max: 10,
    keepAlive: true,
    options: `-c search_path=${SCHEMA}`,
  })
  // An idle connection that breaks is replaced by the next call.
  pool.on('error', () => undefined)
  const sql = sqlOver(pool)
  const run = heldFor(HELD_MS, async () => String((await firstRow(sql, RUN, []))?.['run']))
  // The server that we come to may be another one.
  pool.on('connect', run.forget)
  const worker = { connectionString: url, ...limits, max: 10, keepAlive: true, schema: SCHEMA }
  return sqlStore(
    'postgres',
    sql,
    vault,
    { producer: { connection: pool }, worker: () => ({ connection: worker as ConnectionOptions }) },
    run.get,
    async () => await pool.end(),
  )
}

async function migrate(url: string): Promise<void> {
  // Longer than usual: another replica may be at its migrations.
  const client = new pg.Client({ connectionString: url, ...limits, query_timeout: 60_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    // Held by the session, not by a transaction: one that began before the lock was ours does not see the schema that
    // the other replica has made meanwhile, and fails making it again. Ending the session gives it up.
    await client.query('SELECT pg_advisory_lock($1::bigint)', [MIGRATION_LOCK])
    await runMigrations(client, SCHEMA)
    await migrateBridge(sqlOver(client))
  } catch (cause) {
    const { host, port, database } = client
    const why = cause instanceof Error ? cause.message : 'unknown failure'
    throw new StoreUnavailableError(`cannot open the PostgreSQL database ${database} at ${host}:${port}: ${why}`, {
      cause,
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}
