import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { privatePostgres, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'

const afterwards = cleanUpAfterEach()

/** Lets every lease run out, as if nobody had renewed it. */
const expireOn = {
  async redis(url: string) {
    const redis = new Redis(url)
    for (const key of await redis.keys('{bridge}:lease:*')) await redis.pexpire(key, 1)
    redis.disconnect()
  },
  async postgres(url: string) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('UPDATE bridge.lease SET expires_at = now()')
    await client.end()
  },
}

describe.each([
  ['redis' as const, privateRedis],
  ['postgres' as const, async () => await privatePostgres(inject('postgresUrl'))],
])('on %s', (kind, make) => {
  it('an expired lease goes to the next who asks, and its former holder notices', async () => {
    const place = await make()
    afterwards(() => place.remove())
    if (place.settings.kind === 'embedded') throw new Error('a server is needed')
    const stores = await Promise.all([openStore(place.settings), openStore(place.settings)])
    afterwards(async () => await Promise.all(stores.map((store) => store.close())))
    const former = await until(() => stores[0].leases.acquire('application'))
    await expireOn[kind](place.settings.url)
    const next = await until(() => stores[1].leases.acquire('application'))
    await until(() => !former.isHeld())
    expect(next.isHeld()).toBe(true)
    await former.release()
    await expect(stores[0].leases.acquire('application')).resolves.toBeUndefined()
    await next.release()
  })
})
