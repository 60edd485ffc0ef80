import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WorkerLostError } from '../../src/domain/errors.ts'
import { adminClient } from '../support/admin-client.ts'
import { type HoldingProxy, startHoldingProxy } from '../support/holding-proxy.ts'
import { addCandidate, moveIn } from '../support/people.ts'
import { startRedis } from '../support/redis-server.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

const times = { every: 50, overdue: 300, idle: 300, grace: 300 }

describe('a bridge whose worker’s connections have died without a word', () => {
  let redis: TestServer
  let proxy: HoldingProxy
  let world: World

  beforeAll(async () => {
    redis = await startRedis()
    proxy = await startHoldingProxy(redis.url)
    world = await startWorld({ kind: 'redis', url: proxy.url }, { overrides: { watchdog: times } })
  })
  afterAll(async () => {
    await world?.close()
    await proxy?.close()
    await redis?.stop()
  })

  const readiness = async () => {
    const response = await fetch(`${world.bridge.url}/readyz`)
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const stuck = { status: 503, body: { status: 'not-ready', reason: 'worker-stuck' } }

  test('says so, ends to be started again, and its successor delivers what waited', async () => {
    await world.api.settled(await moveIn(world, addCandidate(world).applicationId))
    expect(await readiness()).toMatchObject({ status: 200 })

    // The store answers as ever, only the worker hears nothing.
    proxy.holdAllButFirst()
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    expect(await until(async () => (await readiness()).status === 503 && readiness())).toEqual(stuck)
    await expect(world.bridge.ended).rejects.toBeInstanceOf(WorkerLostError)
    expect(world.logged.join('')).toContain('worker is lost')

    const successor = await world.startReplica({ store: { kind: 'redis', url: redis.url } })
    await adminClient(successor.url, world.settings.adminPassword ?? '').settled(id)
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })
})
