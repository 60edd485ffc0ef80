import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import type { StoreSettings } from '../../src/config/settings.ts'
import { openStore } from '../../src/store/open-store.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { dumpEmbedded, dumpPostgres, dumpRedis } from '../support/store-dump.ts'
import { until } from '../support/until.ts'

const makers: [string, () => Promise<PrivateStore>][] = [
  ['Redis', privateRedis],
  ['PostgreSQL', async () => await privatePostgres(inject('postgresUrl'))],
  ['the embedded store', privateFolder],
]

async function dump(settings: StoreSettings): Promise<string> {
  if (settings.kind === 'embedded') return await dumpEmbedded(settings.dir)
  return await (settings.kind === 'redis' ? dumpRedis : dumpPostgres)(settings.url)
}

describe('what has expired', () => {
  const afterwards = cleanUpAfterEach()

  it.each(makers)('of shared values is not kept on %s after a purge', async (_name, make) => {
    const place = await make()
    afterwards(() => place.remove())
    const store = await openStore(place.settings)
    await store.cache.set('resume:over', 'candidate-77', 1)
    await store.cache.set('resume:open', 'candidate-88', 60_000)
    await until(async () => (await store.cache.get('resume:over')) === undefined)
    await store.purge()
    await store.close()
    const kept = await dump(place.settings)
    expect(kept).toContain('candidate-88')
    expect(kept).not.toContain('candidate-77')
  })

  it('of leases is not kept on PostgreSQL after a purge', async () => {
    const place = await privatePostgres(inject('postgresUrl'))
    afterwards(() => place.remove())
    const store = await openStore(place.settings)
    for (const name of ['abandoned', 'held']) await store.leases.acquire(name)
    const client = new pg.Client({ connectionString: 'url' in place.settings ? place.settings.url : '' })
    await client.connect()
    await client.query("UPDATE bridge.lease SET expires_at = now() WHERE name = 'abandoned'")
    await store.purge()
    const { rows } = await client.query('SELECT name FROM bridge.lease')
    await client.end()
    await store.close()
    expect(rows).toEqual([{ name: 'held' }])
  })
})
