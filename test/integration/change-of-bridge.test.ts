import { Queue } from 'bullmq'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { REPLACEMENT_MS } from '../../src/deliver/verdict.ts'
import { DeliveryQueue } from '../../src/queue/delivery-queue.ts'
import { QUEUE } from '../../src/queue/queued-delivery.ts'
import { rescueDeliveries } from '../../src/queue/upkeep.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { adminClient } from '../support/admin-client.ts'
import { aClock, type Clock } from '../support/clock.ts'
import { addCandidate, moveIn } from '../support/people.ts'
import { type PrivateStore, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

const stores: readonly (readonly [string, () => Promise<PrivateStore>])[] = [
  ['Redis', privateRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
]
const MINUTE_MS = 60_000

describe.each(stores)('a delivery that waits on %s', (_name, openPrivate) => {
  let settings: PrivateStore
  let world: World
  let clock: Clock
  /** The same store, held by the test beside the bridges. */
  let store: Store
  const closing: (() => Promise<void>)[] = []

  beforeEach(async () => {
    settings = await openPrivate()
    clock = aClock()
    world = await startWorld(settings.settings, { settings: { role: 'web' }, overrides: clock.overrides })
    store = await openStore(settings.settings)
  })
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()))
    await world?.close()
    await store?.close()
    await settings?.remove()
  })

  const rawQueue = () => {
    const queue = new Queue(QUEUE, store.queueAccess.producer, store.queueAccess.backend)
    queue.on('error', () => undefined)
    closing.push(async () => await queue.close())
    return queue
  }

  test('for a receiver without a worker is delivered by the worker that comes later', async () => {
    const id = await moveIn(world, addCandidate(world).applicationId)
    expect(await world.api.delivery(id)).toMatchObject({ state: 'queued', attempts: 0 })
    await world.startReplica({ role: 'worker' })
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
  })

  const isLever = ({ connection, name }: { connection?: string; name?: string }) => (connection ?? name) === 'lever'
  const startWithoutGreenhouse = async () => {
    const { routes, connections } = world.settings
    return await world.startReplica({
      role: 'worker',
      routes: routes.filter(isLever),
      connections: connections.filter(isLever),
    })
  }

  test('is delivered by the replica that knows its route, when one that was not replaced yet took it up', async () => {
    const old = await startWithoutGreenhouse()
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    expect(await world.api.retrying(id)).toMatchObject({ reason: 'route-unknown', attempts: 0 })
    await old.stop()
    await world.startReplica({ role: 'worker' })
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('lapses when its route is gone from the configuration', async () => {
    const worker = await world.startReplica({ role: 'worker' })
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 503, times: 1_000 })
    const { applicationId, email } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    await world.api.retrying(id)
    await worker.stop()
    world.vendor.clearFaults()
    clock.forward(REPLACEMENT_MS)
    await world.startReplica({ role: 'worker', routes: world.settings.routes.filter(isLever) })
    expect(await world.api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'route-removed' })
    expect(world.vendor.interviews().filter((interview) => interview.email === email)).toEqual([])
  })

  test('lapses when its connection is gone from the configuration', async () => {
    const worker = await startWithoutGreenhouse()
    const id = await moveIn(world, addCandidate(world).applicationId)
    await world.api.retrying(id)
    // No try comes in between, which would have the next one wait by a clock that nobody puts forward.
    await worker.stop()
    clock.forward(REPLACEMENT_MS)
    await startWithoutGreenhouse()
    expect(await world.api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'route-removed' })
  })

  test('ends dead, not in a crash, when a newer version queued it, and others go on', async () => {
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    const job = await rawQueue().getJob(id)
    await job?.updateData({ v: 2, whatever: { it: 'means' } })
    await rawQueue().add('deliver', 'no object at all', { jobId: 'unheard-of', removeOnComplete: true })
    const other = await moveIn(world, addCandidate(world).applicationId)
    const worker = await world.startReplica({ role: 'worker' })
    expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason: 'unknown-version' })
    const counted = 'bridge_deliveries_finished_total{connection="greenhouse",state="dead",reason="unknown-version"} 1'
    await until(async () => (await (await fetch(`${worker.url}/metrics`)).text()).includes(counted))
    expect(await world.api.settled(other)).toMatchObject({ state: 'delivered' })
    await world.api.post(`/api/deliveries/${id}/replay`)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered' })
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('is put back once when its job has vanished', async () => {
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    const held = await moveIn(world, addCandidate(world).applicationId)
    await (await rawQueue().getJob(id))?.remove()
    const log = pino({ level: 'silent' })
    const queue = new DeliveryQueue(store.queueAccess, store.journal, log)
    const { journal } = store
    const rescue = async (aheadMs: number) =>
      await rescueDeliveries({ journal, queue, now: () => Date.now() + aheadMs })
    expect(await rescue(0)).toBe(0)
    expect(await rescue(3 * MINUTE_MS)).toBe(1)
    expect(await rescue(3 * MINUTE_MS)).toBe(0)
    await queue.close()
    await world.startReplica({ role: 'worker' })
    for (const one of [id, held]) expect(await world.api.settled(one)).toMatchObject({ state: 'delivered' })
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('goes on where the bridge before left it', async () => {
    const worker = await world.startReplica({ role: 'all' })
    world.greenhouse.fault({ kind: 'rate-limit', operation: 'create-note', retryAfterS: 1, times: 1_000 })
    const { applicationId, email } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    await world.api.retrying(id)
    await worker.stop()
    world.greenhouse.clearFaults()
    const next = await world.startReplica({ role: 'all' })
    const shown = await adminClient(next.url, world.settings.adminPassword ?? '').settled(id)
    expect(shown).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(world.vendor.calls.filter(({ operation }) => operation === 'create')).toHaveLength(1)
    expect(world.vendor.interviews().map((interview) => interview.email)).toEqual([email])
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })
})
