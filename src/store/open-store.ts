import type { StoreSettings } from '../config/settings.ts'
import { openEmbeddedStore } from './embedded.ts'
import { openPostgresStore } from './postgres.ts'
import { openRedisStore } from './redis.ts'
import type { Store } from './store.ts'

/**
 * Opens the store that the settings name. Redis need not be there yet; it heals by itself.
 * @throws StoreUnavailableError PostgreSQL is not there
 * @throws FolderInUseError the embedded store's folder belongs to another process
 */
export async function openStore(settings: StoreSettings): Promise<Store> {
  switch (settings.kind) {
    case 'redis':
      return await openRedisStore(settings.url)
    case 'postgres':
      return await openPostgresStore(settings.url)
    case 'embedded':
      return await openEmbeddedStore(settings.dir)
  }
}
