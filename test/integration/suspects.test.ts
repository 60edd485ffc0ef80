import { Redis } from 'ioredis'
import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { addCandidate, moveIn } from '../support/people.ts'
import { privatePostgres, privateRedis } from '../support/private-stores.ts'
import { startWorld } from '../support/world.ts'

const CREATE_MS = 300

const afterwards = cleanUpAfterEach()

/** Makes everything that waits look as if it had been at work in three crashes. */
const crashThriceOn = {
  async redis(url: string) {
    const redis = new Redis(url)
    for (const key of await redis.keys('*:deliveries:dlv_*')) await redis.hset(key, 'stc', 3)
    redis.disconnect()
  },
  async postgres(url: string) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('UPDATE bullmq.job SET stalled_count = 3')
    await client.end()
  },
}

describe.each([
  ['redis' as const, privateRedis],
  ['postgres' as const, async () => await privatePostgres(inject('postgresUrl'))],
])('on %s', (kind, make) => {
  test('of the deliveries at work in three crashes one at a time is tried, so that the fatal one falls alone', async () => {
    const place = await make()
    afterwards(() => place.remove())
    if (place.settings.kind === 'embedded') throw new Error('a server is needed')
    const world = await startWorld(place.settings, { settings: { role: 'web' } })
    afterwards(() => world.close())
    const ids = []
    for (let index = 0; index < 3; index += 1) ids.push(await moveIn(world, addCandidate(world).applicationId))
    await crashThriceOn[kind](place.settings.url)
    world.vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: CREATE_MS, times: 3 })
    await world.startReplica({ role: 'worker' })
    for (const id of ids) expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', attempts: 1 })
    const begun = world.vendor.calls.filter(({ operation }) => operation === 'create').map(({ at }) => at)
    const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0))
    expect(pauses.filter((ms) => ms < CREATE_MS)).toEqual([])
    expect(begun).toHaveLength(3)
  })
})
