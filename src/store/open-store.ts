import type { StoreSettings } from '../config/settings.ts'
import { StoreUnavailableError } from '../domain/errors.ts'
import { makeVault, type Vault } from '../seal/vault.ts'
import { openEmbeddedStore } from './embedded.ts'
import { openPostgresStore } from './postgres.ts'
import { openRedisStore } from './redis.ts'
import type { Store } from './store.ts'

/**
 * Opens the store that the settings name. Redis need not be there yet; it heals by itself. What the ledger keeps in
 * clear or under an earlier key is sealed anew.
 * @param keys of ENCRYPTION_KEY
 * @throws StoreUnavailableError PostgreSQL is not there
 * @throws FolderInUseError the embedded store's folder belongs to another process
 * @throws WrongKeyError the store holds what none of the keys opens
 */
export async function openStore(settings: StoreSettings, keys: readonly Buffer[] = []): Promise<Store> {
  const store = await open(settings, makeVault(keys))
  try {
    await store.ledger.reseal()
  } catch (error) {
    // Redis is away: the wrong key is then told by the first call that reads.
    if (error instanceof StoreUnavailableError) return store
    await store.close()
    throw error
  }
  return store
}

async function open(settings: StoreSettings, vault: Vault): Promise<Store> {
  switch (settings.kind) {
    case 'redis':
      return await openRedisStore(settings.url, vault)
    case 'postgres':
      return await openPostgresStore(settings.url, vault)
    case 'embedded':
      return await openEmbeddedStore(settings.dir, vault)
  }
}
