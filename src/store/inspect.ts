import type { StoreSettings } from '../config/settings.ts'
import type { Journal } from '../journal/journal.ts'
import type { Vault } from '../seal/vault.ts'
import { type EmbeddedFacts, inspectEmbedded } from './embedded-inspect.ts'
import { inspectPostgres, type PostgresFacts } from './postgres-inspect.ts'
import { inspectRedis, type RedisFacts } from './redis-inspect.ts'
import type { SharedCache } from './store.ts'

/** What a store says of itself. */
export type StoreFacts = RedisFacts | PostgresFacts | EmbeddedFacts

/** A store looked at without changing it: nothing is migrated, nothing is sealed anew. */
export interface InspectedStore {
  readonly facts: StoreFacts
  /** What the service shares there: tokens and budgets. Absent where this process cannot share it. */
  readonly cache?: SharedCache
  /** Absent where this process cannot read it. */
  readonly journal?: Pick<Journal, 'list'>
  /** Whether our keys open what the ledger keeps; absent where this process cannot see it. @throws WrongKeyError */
  tryKeys?(vault: Vault): Promise<void>
  close(): Promise<void>
}

/** Opens a store to look at it. @throws Error the driver's: it does not answer, or does not let us in */
export async function inspectStore(settings: StoreSettings): Promise<InspectedStore> {
  switch (settings.kind) {
    case 'redis':
      return await inspectRedis(settings.url)
    case 'postgres':
      return await inspectPostgres(settings.url)
    case 'embedded':
      return { facts: inspectEmbedded(settings.dir), close: async () => {} }
  }
}
