import { Redis } from 'ioredis'
import pg from 'pg'
import { pino } from 'pino'
import type { StoreSettings } from '../../src/config/settings.ts'
import type { DeliveryState } from '../../src/domain/delivery.ts'
import type { Journal, JournalEntry } from '../../src/journal/journal.ts'
import { DeliveryQueue } from '../../src/queue/delivery-queue.ts'
import { openStore } from '../../src/store/open-store.ts'

/** What a store holds, for changing it as no bridge would. */
export interface Inside {
  readonly journal: Journal
  readonly queue: DeliveryQueue
}

/** Opens the store beside the bridges that work on it. */
export async function behindTheBridge<T>(settings: StoreSettings, change: (inside: Inside) => Promise<T>): Promise<T> {
  const store = await openStore(settings)
  const { journal } = store
  const queue = new DeliveryQueue(store.queueAccess, journal, pino({ level: 'silent' }))
  try {
    return await change({ journal, queue })
  } finally {
    await queue.close()
    await store.close()
  }
}

/** @param state left out: in whichever */
export async function entriesIn(journal: Journal, state?: DeliveryState): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = await journal.list({ limit: 200, ...(state && { state }), ...(cursor !== '' && { cursor }) })
    entries.push(...page.items)
    cursor = page.nextCursor
  }
  return entries
}

/** Does to Redis or PostgreSQL what each needs for it, on a connection of its own. @throws Error the store is embedded */
export async function onServer(
  settings: StoreSettings,
  does: { redis(redis: Redis): Promise<unknown>; postgres(client: pg.Client): Promise<unknown> },
): Promise<void> {
  if (settings.kind === 'embedded') throw new Error('the embedded store is no server')
  if (settings.kind === 'redis') {
    const redis = new Redis(settings.url)
    await does.redis(redis).finally(() => redis.disconnect())
  } else {
    const client = new pg.Client({ connectionString: settings.url })
    await client.connect()
    try {
      await does.postgres(client)
    } finally {
      await client.end()
    }
  }
}
