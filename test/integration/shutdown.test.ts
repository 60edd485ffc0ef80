import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Bridge } from '../../src/app.ts'
import { SANDBOX_STAGE, sandboxRoute } from '../../src/sandbox/settings.ts'
import { adminClient } from '../support/admin-client.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { deliveryIds } from '../support/sent.ts'
import { until } from '../support/until.ts'
import { useWorld } from '../support/use-world.ts'

const stores: readonly (readonly [string, () => Promise<PrivateStore>])[] = [
  ['Redis', privateRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
  ['the embedded store', privateFolder],
]
const SLOW_MS = 1_500
/** As an ATS sends again what was not answered in time, only sooner. */
const resending = { resendAfterMs: Array.from({ length: 10 }, () => 500) }

describe.each(stores)('a bridge on %s that is told to stop', (_name, openPrivate) => {
  const world = useWorld({}, openPrivate)
  /** The one at work; each test stops it and starts the next on the same store. */
  let bridge: Bridge
  let seen: { readonly [Name in 'lever' | 'vendor']: number }

  beforeAll(() => {
    world.greenhouse.configure({ rateLimit: 10_000 })
    bridge = world.bridge
  })
  beforeEach(() => {
    seen = { lever: world.lever.calls.length, vendor: world.vendor.calls.length }
  })

  const hook = (connection: string) => `${bridge.url}/webhooks/${connection}`
  const settled = (id: string) => adminClient(bridge.url, world.settings.adminPassword ?? '').settled(id)
  const startNext = async () => {
    bridge = await world.startReplica()
  }
  /** Calls of this test. */
  const calls = (sandbox: 'lever' | 'vendor', name: string) =>
    world[sandbox].calls.slice(seen[sandbox]).filter(({ operation }) => operation === name)
  const delivered = { state: 'delivered', reason: 'written' }

  test('lets a slow create call end, and leaves a delivered person', async () => {
    world.vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: SLOW_MS })
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId, hook('greenhouse'))
    await until(() => calls('vendor', 'create').length === 1)
    await bridge.stop()
    expect(calls('vendor', 'create').map(({ status }) => status)).toEqual([201])
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)

    await startNext()
    expect(await settled(id)).toMatchObject({ ...delivered, attempts: 1 })
    expect(calls('vendor', 'create')).toHaveLength(1)
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('lets a slow note end, which nobody has to look for then', async () => {
    // The first note of a connection is looked for in any case.
    await settled(await moveInAtLever(world, addOpportunity(world).opportunityId, hook('lever')))
    seen = { ...seen, lever: world.lever.calls.length }
    world.lever.fault({ kind: 'delay-reply', operation: 'create-note', delayMs: SLOW_MS })
    const { opportunityId } = addOpportunity(world)
    const id = await moveInAtLever(world, opportunityId, hook('lever'))
    await until(() => calls('lever', 'create-note').length === 1)
    await bridge.stop()

    await startNext()
    expect(await settled(id)).toMatchObject(delivered)
    expect(calls('lever', 'create-note').map(({ committed }) => committed)).toEqual([true])
    expect(calls('lever', 'list-notes')).toEqual([])
  })

  test('refuses late webhooks, which the next bridge takes and delivers once', async () => {
    const { greenhouse } = world
    world.vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: SLOW_MS })
    const early = await moveIn(world, addCandidate(world).applicationId, hook('greenhouse'))
    await until(() => calls('vendor', 'create').length === 1)
    const stopped = bridge.stop()
    const { applicationId } = addCandidate(world)
    const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
    const late = await greenhouse.sendWebhook(hook('greenhouse'), payload)
    expect(late.accepted).toBe(false)
    await stopped
    expect((await greenhouse.sendWebhook(hook('greenhouse'), payload)).status).toBeUndefined()
    expect(greenhouse.notesOf(applicationId)).toEqual([])

    await startNext()
    const sent = await greenhouse.sendWebhook(hook('greenhouse'), payload)
    expect(sent).toMatchObject({ status: 200, body: { status: 'queued' } })
    for (const id of [early, ...deliveryIds(sent)]) expect(await settled(id)).toMatchObject(delivered)
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('loses none of a burst that it has accepted', async () => {
    const { greenhouse } = world
    const people = Array.from({ length: 30 }, () => addCandidate(world))
    const payloads = people.map(({ applicationId }) => greenhouse.move(applicationId, SANDBOX_STAGE))
    const sending = payloads.map((payload) => greenhouse.sendWebhook(hook('greenhouse'), payload))
    expect((await Promise.race(sending)).status).toBe(200)
    await bridge.stop()
    const accepted = (await Promise.all(sending)).flatMap(deliveryIds)

    await startNext()
    for (const id of accepted) expect(await settled(id)).toMatchObject(delivered)
    const again = payloads.map((payload) => greenhouse.sendWebhook(hook('greenhouse'), payload, resending))
    const all = (await Promise.all(again)).flatMap(deliveryIds)
    expect(new Set(all).size).toBe(30)
    for (const id of all) expect(await settled(id)).toMatchObject(delivered)
    expect(people.map(({ applicationId }) => greenhouse.notesOf(applicationId).length)).toEqual(people.map(() => 1))
    expect(calls('vendor', 'create')).toHaveLength(30)
  })

  test('serves the resumes of the interviews that are being made until they are', async () => {
    const routes = [sandboxRoute('lever', { sendResume: true })]
    await bridge.stop()
    bridge = await world.startReplica({ routes, publicUrl: 'https://bridge.example.com' })
    const { lever, vendor } = world
    const { opportunityId, email } = addOpportunity(world, { resume: 'cv.pdf' })
    vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: SLOW_MS })
    const id = await moveInAtLever(world, opportunityId, hook('lever'))
    const interview = await until(() => vendor.interviews().find((one) => one.email === email))
    const fetchResume = async () => await fetch(bridge.url + new URL(interview.resumeUrl ?? '').pathname)
    const stopped = bridge.stop()
    const ready = await fetch(`${bridge.url}/readyz`)
    expect(await ready.json()).toEqual({ status: 'not-ready', reason: 'stopping' })
    expect((await fetchResume()).status).toBe(200)
    await stopped
    await expect(fetchResume()).rejects.toThrow()
    expect(lever.notesOf(opportunityId)).toHaveLength(1)

    await startNext()
    expect(await settled(id)).toMatchObject(delivered)
  })

  test('may be told so twice', async () => {
    await Promise.all([bridge.stop(), bridge.stop()])
    await expect(fetch(`${bridge.url}/healthz`)).rejects.toThrow()
  })
})
