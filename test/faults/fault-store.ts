import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreSettings } from '../../src/config/settings.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import type { TestServer } from '../support/server-process.ts'
import { StoreProxy } from './store-proxy.ts'

export type StoreKind = StoreSettings['kind']
export type SharedStore = Exclude<StoreKind, 'embedded'>
export const sharedStores: readonly SharedStore[] = ['redis', 'postgres']

/** A scenario's own store. */
export interface FaultStore {
  /** How the bridge reaches it. */
  readonly settings: StoreSettings
  /** @throws Error the embedded store is no server */
  readonly server: TestServer
  /** What stands between the bridge and the server, if that was asked for. @throws Error nothing does */
  readonly proxy: StoreProxy
  remove(): Promise<void>
}

const absent = (what: string) => new Error(`this scenario has no ${what}`)

/** Opens a store of the kind. @param proxied whether the bridge reaches it through a proxy */
export async function openFaultStore(kind: StoreKind, proxied: boolean): Promise<FaultStore> {
  if (kind === 'embedded') return folderStore()
  const server = kind === 'redis' ? await startRedis() : await startPostgres()
  const proxy = proxied ? await StoreProxy.start(Number(new URL(server.url).port)) : undefined
  return {
    settings: { kind, url: proxy?.rewrite(server.url) ?? server.url },
    server,
    get proxy() {
      if (!proxy) throw absent('proxy')
      return proxy
    },
    remove: async () => {
      await proxy?.close()
      await server.stop()
    },
  }
}

function folderStore(): FaultStore {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-faults-'))
  return {
    settings: { kind: 'embedded', dir },
    get server(): TestServer {
      throw absent('server')
    },
    get proxy(): StoreProxy {
      throw absent('proxy')
    },
    remove: async () => await Promise.resolve(rmSync(dir, { recursive: true, force: true })),
  }
}
