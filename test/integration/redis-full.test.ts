import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { StoreUnavailableError } from '../../src/domain/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { privateRedis } from '../support/private-stores.ts'
import { aDelivery, anEnd } from './store-contract/samples.ts'

it('a Redis that is full begins no run, and takes the end of one that has begun', async () => {
  const place = await privateRedis()
  if (place.settings.kind !== 'redis') throw new Error('Redis is needed')
  const { journal, close } = await openStore(place.settings)
  const redis = new Redis(place.settings.url)
  try {
    const [begun, next] = [aDelivery(), aDelivery()]
    await journal.received([begun, next])
    await journal.started(begun, 1_000)
    await redis.config('SET', 'maxmemory', '1mb')
    await expect(journal.started(next, 2_000)).rejects.toThrow(StoreUnavailableError)
    await journal.ended(begun.id, 1, anEnd())
    await expect(journal.find(begun.id)).resolves.toMatchObject({ state: 'delivered', reason: 'written' })
    await expect(journal.list({ state: 'delivered', limit: 10 })).resolves.toMatchObject({ items: [{ id: begun.id }] })
  } finally {
    redis.disconnect()
    await close()
    await place.remove()
  }
})
