import { ConstantBackoff, handleType, retry } from 'cockatiel'
import type { StoreSettings } from '../config/settings.ts'
import { StoreUnavailableError, WrongKeyError } from '../domain/errors.ts'
import { makeVault, type Vault } from '../seal/vault.ts'
import type { Store } from './store.ts'

const untilItAnswers = retry(handleType(StoreUnavailableError), {
  backoff: new ConstantBackoff(1_000),
}).dangerouslyUnref()

/**
 * Opens the store that the settings name. Redis need not be there yet; it heals by itself. What the ledger keeps in
 * clear or under an earlier key is sealed anew.
 * @param keys of ENCRYPTION_KEY
 * @param onWrongKey told once the store answers that was away here, if it holds what none of the keys opens
 * @throws StoreUnavailableError PostgreSQL is not there
 * @throws FolderInUseError the embedded store's folder belongs to another process
 * @throws WrongKeyError the store holds what none of the keys opens
 */
export async function openStore(
  settings: StoreSettings,
  keys: readonly Buffer[] = [],
  onWrongKey: (error: WrongKeyError) => void = () => undefined,
): Promise<Store> {
  const store = await open(settings, makeVault(keys))
  const tryKeys = () => store.ledger.reseal()
  if (await answers(store, tryKeys)) return store
  const closing = new AbortController()
  untilItAnswers.execute(tryKeys, closing.signal).catch((error: unknown) => {
    if (error instanceof WrongKeyError) onWrongKey(error)
  })
  return {
    ...store,
    async close() {
      closing.abort()
      await store.close()
    },
  }
}

/**
 * Opens the store as `openStore` does, for a command beside the running service. Nothing is sealed anew: the service
 * may not have been given our keys yet, and could then no longer read it.
 * @throws what `openStore` throws
 */
export async function openStoreBeside(settings: StoreSettings, keys: readonly Buffer[]): Promise<Store> {
  const store = await open(settings, makeVault(keys))
  // If Redis is away, a wrong key is told by the first call that reads.
  await answers(store, () => store.ledger.hashKey())
  return store
}

/** @returns false: it is away @throws WrongKeyError; the store is closed then */
async function answers(store: Store, tryKeys: () => Promise<unknown>): Promise<boolean> {
  try {
    await tryKeys()
    return true
  } catch (error) {
    if (error instanceof StoreUnavailableError) return false
    await store.close()
    throw error
  }
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
