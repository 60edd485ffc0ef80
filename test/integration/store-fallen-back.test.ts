import { describe, expect, test } from 'vitest'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { copyOf } from '../support/older-copy.ts'
import { addCandidate, moveIn } from '../support/people.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { startWorld } from '../support/world.ts'

const stores: readonly (readonly [string, 'redis' | 'postgres', () => Promise<TestServer>])[] = [
  ['Redis', 'redis', startRedis],
  ['PostgreSQL', 'postgres', startPostgres],
]

describe.each(stores)('a %s that has lost its last writes', (_name, kind, start) => {
  const later = cleanUpAfterEach()

  test('brings nobody a second note, though it holds that the interview was made and no note was begun', async () => {
    const server = await start()
    later(() => server.stop())
    const world = await startWorld({ kind, url: server.url })
    later(() => world.close())
    const { greenhouse, vendor, api } = world
    const { applicationId } = addCandidate(world)

    greenhouse.fault({ kind: 'rate-limit', operation: 'create-note', retryAfterS: 3 })
    const id = await moveIn(world, applicationId)
    await api.retrying(id)
    const copy = await copyOf(server)
    later(() => copy.remove())
    await api.settled(id)
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)

    await copy.restore()
    await until(async () => (await api.delivery(id)).state !== 'delivered')
    expect(await api.settled(id)).toMatchObject({ state: 'delivered' })
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(vendor.interviews()).toHaveLength(1)
  })
})
