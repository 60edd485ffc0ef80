import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { addCandidate, moveIn } from '../support/people.ts'
import { startRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { startWorld } from '../support/world.ts'

const afterwards = cleanUpAfterEach()

test('a process that finds its port taken leaves, and has begun no delivery that would be blamed for its end', async () => {
  const server = await startRedis()
  afterwards(() => server.stop())
  const world = await startWorld({ kind: 'redis', url: server.url }, { settings: { role: 'web' } })
  afterwards(() => world.close())
  const redis = new Redis(server.url)
  afterwards(() => redis.disconnect())
  const connections = async () =>
    String(await redis.client('LIST'))
      .trim()
      .split('\n').length
  const id = await moveIn(world, addCandidate(world).applicationId)
  const before = await connections()
  const port = Number(new URL(world.bridge.url).port)
  await expect(world.startReplica({ role: 'worker', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await until(async () => (await connections()) === before)
  expect(await world.api.delivery(id)).toMatchObject({ state: 'queued' })
  expect(world.greenhouse.calls).toEqual([])
})
