import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { StoreSettings } from '../../src/config/settings.ts'
import { startRedis } from './redis-server.ts'

/** Settings of a store that nobody else uses, and its removal. */
export interface PrivateStore {
  readonly settings: StoreSettings
  remove(): Promise<void>
}

/** A Redis server. */
export async function privateRedis(): Promise<PrivateStore> {
  const server = await startRedis()
  return { settings: { kind: 'redis', url: server.url }, remove: async () => await server.stop() }
}

/** A database on the project's server. @param serverUrl as provided under `postgresUrl` */
export async function privatePostgres(serverUrl: string): Promise<PrivateStore> {
  const name = `bridge_${crypto.randomUUID().replaceAll('-', '')}`
  await administer(serverUrl, `CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    settings: { kind: 'postgres', url: url.href },
    remove: async () => await administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

/** A folder for the embedded store. */
export async function privateFolder(): Promise<PrivateStore> {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-data-'))
  return await Promise.resolve({
    settings: { kind: 'embedded', dir },
    remove: async () => await Promise.resolve(rmSync(dir, { recursive: true, force: true })),
  })
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
