import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { aDelivery, anEnd, aSubject, at, carried } from './store-contract/samples.ts'

const DAY_SECONDS = 86_400

it('all keys share one slot, the ledger’s live for 400 days, and a purge leaves none of the journal’s', async () => {
  const place = await privateRedis()
  if (place.settings.kind !== 'redis') throw new Error('Redis is needed')
  const store = await openStore(place.settings)
  const redis = new Redis(place.settings.url)
  try {
    await until(async () => (await store.ping()) === undefined || true)
    const delivery = aDelivery()
    const key = { connection: 'greenhouse', applicationId: '1', routeId: 'rt_1' }
    await carried({ store, other: store }, delivery, anEnd({ at: 5, learned: { candidateId: 'contact' } }))
    const whose = aSubject()
    await store.ledger.intendInterview(whose, at('person'), { nameWords: [], at: 1 })
    // As whom they were asked about stands, and lives as long as what is said of them last.
    for (const name of await redis.keys('*:who:*')) await redis.expire(name, DAY_SECONDS)
    await store.ledger.intendInterview(whose, at('another'), { nameWords: [], at: 2 })
    // The person's entry has been made to live longer for another application; what leads to it from this one has not.
    for (const name of await redis.keys('*:of:*')) await redis.expire(name, DAY_SECONDS)
    const link = 'https://app.example.com/form?interviewId=1'
    await store.ledger.keepInterview(whose, at('person'), { link, interviewId: '1', createdAt: 3 })
    await store.ledger.markWritten(aSubject(), key, 'note', 1)
    await store.ledger.erase('somebody')
    await store.ledger.merge('one', 'another')
    await store.cache.set('token', 'sealed', 60_000)
    const keys = await redis.keys('*')
    expect(keys.filter((name) => !name.startsWith('{bridge}:'))).toEqual([])
    for (const name of keys.filter((each) => /ledger:(?!hash-key)/.test(each))) {
      expect(Math.round((await redis.ttl(name)) / DAY_SECONDS)).toBe(400)
    }
    await expect(store.journal.purge(10)).resolves.toBe(1)
    await expect(redis.keys('{bridge}:journal:*')).resolves.toEqual([])
  } finally {
    redis.disconnect()
    await store.close()
    await place.remove()
  }
})
