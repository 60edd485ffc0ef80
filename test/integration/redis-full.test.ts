import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoreUnavailableError } from '../../src/domain/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type PrivateStore, privateRedis } from '../support/private-stores.ts'
import { aDelivery, anEnd, aSubject, at } from './store-contract/samples.ts'

describe('a Redis that is full', () => {
  let place: PrivateStore
  let store: Store
  let redis: Redis

  beforeAll(async () => {
    place = await privateRedis()
    if (place.settings.kind !== 'redis') throw new Error('Redis is needed')
    redis = new Redis(place.settings.url)
    store = await openStore(place.settings)
  })
  afterAll(async () => {
    redis?.disconnect()
    await store?.close()
    await place?.remove()
  })
  const whileFull = async (act: () => Promise<void>) => {
    await redis.config('SET', 'maxmemory', '1mb')
    try {
      await act()
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  }

  it('begins no run, and takes the end of one that has begun', async () => {
    const { journal } = store
    const [begun, next] = [aDelivery(), aDelivery()]
    await journal.received([begun, next])
    await journal.started(begun, 1_000)
    await whileFull(async () => {
      await expect(journal.started(next, 2_000)).rejects.toThrow(StoreUnavailableError)
      await journal.ended(begun.id, 1, anEnd())
    })
    const { items } = await journal.list({ state: 'delivered', limit: 10 })
    expect(items).toMatchObject([{ id: begun.id, reason: 'written' }])
  })

  it('lets no interview be made, and takes the link of one that has been', async () => {
    const { ledger } = store
    const whose = aSubject()
    const interview = { link: 'https://app.example.com/form?interviewId=1', interviewId: '1', createdAt: 1_500 }
    await ledger.intendInterview(whose, at('person'), { nameWords: [], at: 1_000 })
    await whileFull(async () => {
      const another = ledger.intendInterview(aSubject(), at('another'), { nameWords: [], at: 1_000 })
      await expect(another).rejects.toThrow(StoreUnavailableError)
      await ledger.keepInterview(whose, at('person'), interview)
    })
    await expect(ledger.findInterview('person')).resolves.toMatchObject({ interview })
  })
})
