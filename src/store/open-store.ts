import type { StoreSettings } from '../config/settings.ts'
import { StoreUnavailableError } from '../domain/errors.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { makeVault, type Vault } from '../seal/vault.ts'
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
  return await openTrying(settings, keys, (ledger) => ledger.reseal())
}

/**
 * Opens the store as `openStore` does, for a command beside the running service. Nothing is sealed anew: the service
 * may not have been given our keys yet, and could then no longer read it.
 * @throws what `openStore` throws
 */
export async function openStoreBeside(settings: StoreSettings, keys: readonly Buffer[]): Promise<Store> {
  return await openTrying(settings, keys, (ledger) => ledger.hashKey())
}

async function openTrying(
  settings: StoreSettings,
  keys: readonly Buffer[],
  tryKeys: (ledger: Ledger) => Promise<unknown>,
): Promise<Store> {
  const store = await open(settings, makeVault(keys))
  try {
    await tryKeys(store.ledger)
  } catch (error) {
    // Redis is away: the wrong key is then told by the first call that reads.
    if (error instanceof StoreUnavailableError) return store
    await store.close()
    throw error
  }
  return store
}

/** Loads what the one store needs, which is much, and nothing of the others. */
async function open(settings: StoreSettings, vault: Vault): Promise<Store> {
  switch (settings.kind) {
    case 'redis': {
      const { openRedisStore } = await import('./redis.ts')
      return await openRedisStore(settings.url, vault)
    }
    case 'postgres': {
      const { openPostgresStore } = await import('./postgres.ts')
      return await openPostgresStore(settings.url, vault)
    }
    case 'embedded': {
      const { openEmbeddedStore } = await import('./embedded.ts')
      return await openEmbeddedStore(settings.dir, vault)
    }
  }
}
