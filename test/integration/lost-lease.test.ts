import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { privatePostgres, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'

const afterwards = cleanUpAfterEach()

/** Lets a lease's name run out, as if nobody had renewed it. */
const expireOn = {
  async redis(url: string, name: string) {
    const redis = new Redis(url)
    await redis.pexpire(`{bridge}:lease:${name}`, 1)
    redis.disconnect()
  },
  async postgres(url: string, name: string) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('UPDATE bridge.lease SET expires_at = now() WHERE name = $1', [name])
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
    await expireOn[kind](place.settings.url, 'application')
    const next = await until(() => stores[1].leases.acquire('application'))
    await until(() => !former.isHeld())
    expect(next.isHeld()).toBe(true)
    await former.release()
    await expect(stores[0].leases.acquire('application')).resolves.toBeUndefined()
    await next.release()
  })

  it('a lease of two names is lost with either, and lives on with both', async () => {
    const place = await make()
    afterwards(() => place.remove())
    if (place.settings.kind === 'embedded') throw new Error('a server is needed')
    const store = await openStore(place.settings)
    afterwards(() => store.close())
    const [renewed, lost] = await Promise.all([store.leases.acquire('one'), store.leases.acquire('two')])
    await Promise.all([renewed?.alsoTake('one-more'), lost?.alsoTake('lost')])
    await expireOn[kind](place.settings.url, 'lost')
    await until(() => lost?.isHeld() === false)
    expect(renewed?.isHeld()).toBe(true)
    await expect(store.leases.acquire('one-more')).resolves.toBeUndefined()
  })
})
