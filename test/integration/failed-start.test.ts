import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { launchBridge } from '../support/bridge-process.ts'
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

test.each([
  ['REDIS_URL', 'redis://:100%zz@127.0.0.1:6379', 'holds a % that encodes nothing'],
  ['REDIS_URL', 'redis://127.0.0.1:6379/abc', 'must end after the host and port'],
  [
    'DATABASE_URL',
    'postgres://127.0.0.1/bridge?sslmode=verify-full&sslrootcert=/none',
    'names a file by sslrootcert that cannot be read (ENOENT)',
  ],
])('a process given %s=%s leaves with 2 and names it', async (name, url, problem) => {
  const bridge = launchBridge({ variables: { [name]: url } })
  expect((await bridge.ended).code).toBe(2)
  expect(bridge.output()).toContain(`  ${name} ${problem}`)
})
