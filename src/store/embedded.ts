import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type ConnectionOptions, runMigrations } from 'bullmq'
import { makeVault } from '../seal/vault.ts'
import { lockFolder } from './embedded-lock.ts'
import { EmbeddedPool } from './embedded-pool.ts'
import { migrateBridge } from './sql-schema.ts'
import { sqlStore } from './sql-store.ts'
import type { Store } from './store.ts'

/**
 * Opens the store inside this process. Survives a killed process, not a power cut: PGlite never syncs to disk.
 * @param dir made if it is not there; holds the lock, and the database beneath `pglite`
 * @throws FolderInUseError another process, or this one, has the folder open
 * @see bullmq6.md section 13 "Embedded", read 2026-11-24
 */
export async function openEmbeddedStore(dir: string, vault = makeVault([])): Promise<Store> {
  const unlock = lockFolder(dir)
  try {
    const db = await PGlite.create(join(dir, 'pglite'))
    const pool = new EmbeddedPool(db)
    const session = await pool.connect()
    await runMigrations(session, 'bullmq')
    await migrateBridge(session)
    await session.query('SET search_path TO bullmq')
    session.release()
    const connection = pool as unknown as ConnectionOptions
    // Runs for as long as this process has it open.
    const run = randomUUID()
    let closing: Promise<void> | undefined
    const close = async () => {
      closing ??= pool.end().finally(unlock)
      await closing
    }
    const queueAccess = { producer: { connection }, worker: () => ({ connection }) }
    return sqlStore('embedded', pool, vault, queueAccess, async () => run, close)
  } catch (error) {
    unlock()
    throw error
  }
}
