import { createPostgresBackend } from 'bullmq'
import { sqlJournal } from '../journal/sql-journal.ts'
import { sqlWebhookLog } from '../journal/sql-webhook-log.ts'
import { sqlLedger } from '../ledger/sql-ledger.ts'
import type { Vault } from '../seal/vault.ts'
import { guarded } from './guarded.ts'
import { measureSkew, sqlTime } from './skew.ts'
import type { SqlClient } from './sql.ts'
import { purgeExpired, sqlCache, sqlLeases } from './sql-leases.ts'
import type { QueueAccess, Store } from './store.ts'

/** A store on an opened SQL database; what differs between the two is handed in. */
export function sqlStore(
  kind: 'postgres' | 'embedded',
  sql: SqlClient,
  vault: Vault,
  queueAccess: Omit<QueueAccess, 'backend'>,
  storeRun: () => Promise<string>,
  close: () => Promise<void>,
): Store {
  const { ping, size, skew, purge } = guarded({
    async ping() {
      // A table of ours: a database that has been emptied answers, and takes nothing.
      await sql.query('SELECT FROM bridge.delivery LIMIT 1')
    },
    async size() {
      const { rows } = await sql.query('SELECT pg_database_size(current_database()) AS bytes')
      return { usedBytes: Number(rows[0]?.['bytes']) }
    },
    skew: async () => await measureSkew(() => sqlTime(sql)),
    purge: async () => await purgeExpired(sql),
  })
  return {
    kind,
    ledger: sqlLedger(sql, vault, storeRun),
    journal: sqlJournal(sql),
    webhooks: sqlWebhookLog(sql),
    leases: sqlLeases(sql),
    cache: sqlCache(sql),
    // BullMQ types a backend factory by its own options and the queue's by Redis'; at run time they fit.
    queueAccess: { ...queueAccess, backend: createPostgresBackend as unknown as QueueAccess['backend'] },
    ping,
    size,
    skew,
    purge,
    close,
  }
}
