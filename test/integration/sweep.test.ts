import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { SANDBOX_STAGE, sandboxRoute } from '../../src/sandbox/settings.ts'
import { SWEEP_EVERY_MS } from '../../src/sweep/sweeper.ts'
import { adminClient } from '../support/admin-client.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { aClock, type Clock } from '../support/clock.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { deliveryIds } from '../support/sent.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

const connections = ['greenhouse', 'lever'] as const
type Connection = (typeof connections)[number]

/** A world whose bridges sweep as soon as the clock, which the sandboxes share, says so. */
async function startSweptWorld(store: PrivateStore, clock: Clock, settings: Parameters<typeof startWorld>[1] = {}) {
  const { now } = clock.overrides
  const overrides = { ...clock.overrides, sweepTickMs: 50 }
  return await startWorld(store.settings, { ...settings, overrides, ...(now && { sandboxNow: now }) })
}

async function metric(url: string, name: string, connection: Connection): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name}{connection="${connection}"}`))
  return line === undefined ? undefined : Number(line.split(' ').at(-1))
}
const sweptAt = (url: string, connection: Connection) =>
  metric(url, 'bridge_sweep_last_success_timestamp_seconds', connection)
const gaps = (url: string) => Promise.all(connections.map((connection) => metric(url, 'bridge_sweep_gap', connection)))

const failures = ({ logged }: World) => logged.filter((line) => line.includes('"sweep failed"'))
const isOfStore = (failure: string) => failure.includes('StoreUnavailableError')
/** How many sweeps have failed because the store did not take something in time. */
const unkept = (world: World) => failures(world).filter(isOfStore).length

/** Puts the clock forward and waits until the connections have been swept, once more where the store did not keep up. */
async function sweep(
  world: World,
  clock: Clock,
  swept: readonly Connection[] = connections,
  forwardMs = SWEEP_EVERY_MS,
): Promise<void> {
  const { url } = world.bridge
  const before = await Promise.all(swept.map((connection) => sweptAt(url, connection)))
  let failed = unkept(world)
  clock.forward(forwardMs)
  await until(async () => {
    if (unkept(world) > failed) {
      failed = unkept(world)
      clock.forward(SWEEP_EVERY_MS)
    }
    const after = await Promise.all(swept.map((connection) => sweptAt(url, connection)))
    return after.every((at, index) => at !== undefined && at - (before[index] ?? 0) > SWEEP_EVERY_MS / 2_000)
  })
}

const stores: readonly (readonly [string, () => Promise<PrivateStore>])[] = [
  ['Redis', privateRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
  ['the embedded store', privateFolder],
]

describe.each(stores)('the sweep on %s', (_name, openPrivate) => {
  let store: PrivateStore
  let clock: Clock
  let world: World

  beforeAll(async () => {
    store = await openPrivate()
    clock = aClock()
    world = await startSweptWorld(store, clock)
    await until(async () => (await gaps(world.bridge.url)).every((gap) => gap === 0))
  })
  afterEach(() => {
    world.greenhouse.clearFaults()
  })
  afterAll(async () => {
    await world?.close()
    await store?.remove()
  })
  const sweepAll = () => sweep(world, clock)

  test('delivers to everybody whose webhook was never sent, shows how many, and then none', async () => {
    const { greenhouse, lever, vendor, api } = world
    const candidates = Array.from({ length: 30 }, () => addCandidate(world))
    const opportunities = Array.from({ length: 5 }, () => addOpportunity(world))
    for (const { applicationId } of candidates) greenhouse.move(applicationId, SANDBOX_STAGE)
    for (const { opportunityId } of opportunities) lever.move(opportunityId, SANDBOX_STAGE)
    await sweepAll()
    // What a sweep queued that failed, the next one does not find.
    if (unkept(world) === 0) expect(await gaps(world.bridge.url)).toEqual([30, 5])
    expect(await api.quiet()).toMatchObject({ delivered: 35, dead: 0, lapsed: 0 })
    for (const { applicationId } of candidates) expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    for (const { opportunityId } of opportunities) expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
    expect(vendor.interviews()).toHaveLength(35)

    await sweepAll()
    expect(await gaps(world.bridge.url)).toEqual([0, 0])
    expect(await api.counts()).toMatchObject({ delivered: 35 })
  })

  test('is followed by late webhooks without anything being made twice', async () => {
    const { greenhouse, lever, vendor, api, hook } = world
    const { applicationId } = addCandidate(world)
    const { opportunityId } = addOpportunity(world)
    const atGreenhouse = greenhouse.move(applicationId, SANDBOX_STAGE)
    const atLever = lever.move(opportunityId, SANDBOX_STAGE)
    await sweepAll()
    await api.quiet()
    const interviews = vendor.interviews().length
    const late = [
      await greenhouse.sendWebhook(hook('greenhouse'), atGreenhouse),
      // With a mark of its own: there has been activity since.
      await greenhouse.sendWebhook(hook('greenhouse'), greenhouse.payloadOf(applicationId, 'candidate_stage_change')),
      await lever.sendWebhook(hook('lever'), atLever),
    ]
    const settled = await Promise.all(late.flatMap(deliveryIds).map((id) => api.settled(id)))
    expect(settled.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(settled.slice(1).map(({ reason }) => reason)).toEqual(['already-written', 'already-written'])
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
    expect(vendor.interviews()).toHaveLength(interviews)
  })

  test('takes nobody along who has a delivery, whatever became of it, until they enter anew', async () => {
    const { greenhouse, api } = world
    const { applicationId, candidateId } = addCandidate(world, { canEmail: false })
    const lapsed = await api.settled(await moveIn(world, applicationId))
    expect(lapsed).toMatchObject({ state: 'lapsed', reason: 'contact-forbidden' })
    await sweepAll()
    expect(await gaps(world.bridge.url)).toEqual([0, 0])

    greenhouse.setCanEmail(candidateId, true)
    greenhouse.move(applicationId, 'Offer')
    greenhouse.move(applicationId, SANDBOX_STAGE)
    await sweepAll()
    expect(await gaps(world.bridge.url)).toEqual([1, 0])
    await api.quiet()
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('finds no gap where somebody with a link came back and the webhook was lost', async () => {
    const { lever, api } = world
    const { opportunityId } = addOpportunity(world)
    await api.settled(await moveInAtLever(world, opportunityId))
    clock.forward(120_000)
    lever.move(opportunityId, 'Offer')
    lever.move(opportunityId, SANDBOX_STAGE)
    await sweepAll()
    expect(await gaps(world.bridge.url)).toEqual([0, 0])
  })

  test('leaves those to their webhooks who entered a moment ago, and others to no route at all', async () => {
    const { greenhouse } = world
    const [elsewhere, gone] = [addCandidate(world), addCandidate(world)]
    greenhouse.move(elsewhere.applicationId, 'Face to Face')
    greenhouse.move(gone.applicationId, SANDBOX_STAGE)
    greenhouse.reject(gone.applicationId)
    clock.forward(SWEEP_EVERY_MS - 30_000)
    const fresh = addCandidate(world)
    greenhouse.move(fresh.applicationId, SANDBOX_STAGE)
    await sweep(world, clock, connections, 30_000)
    expect(await gaps(world.bridge.url)).toEqual([0, 0])

    await sweepAll()
    expect(await gaps(world.bridge.url)).toEqual([1, 0])
    await world.api.quiet()
    const notes = [elsewhere, gone, fresh].map(({ applicationId }) => greenhouse.notesOf(applicationId).length)
    expect(notes).toEqual([0, 0, 1])
  })

  test('goes on with one ATS while the other is down, says so once, and makes up for it', async () => {
    const { greenhouse, lever, api } = world
    const { applicationId } = addCandidate(world)
    const { opportunityId } = addOpportunity(world)
    greenhouse.move(applicationId, SANDBOX_STAGE)
    lever.move(opportunityId, SANDBOX_STAGE)
    greenhouse.fault({ kind: 'error-request', status: 503, operation: 'list-application-stages', times: 1 })
    const ofAts = () => failures(world).filter((failure) => !isOfStore(failure))
    await sweep(world, clock, ['lever'])
    await until(() => ofAts().length > 0)
    await api.quiet()
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
    expect(greenhouse.notesOf(applicationId)).toHaveLength(0)

    await sweepAll()
    expect(ofAts()).toHaveLength(1)
    expect(ofAts()[0]).toContain('ats-unavailable')
    await api.quiet()
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('makes no call that an outside system does not know', () => {
    const { greenhouse, lever, vendor } = world
    expect([greenhouse, lever, vendor].flatMap((one) => one.unexpected())).toEqual([])
  })
})

describe('the sweep', () => {
  const later = cleanUpAfterEach()
  const swept = async (open: () => Promise<PrivateStore>, settings: Parameters<typeof startWorld>[1] = {}) => {
    const store = await open()
    later(() => store.remove())
    const clock = aClock()
    const world = await startSweptWorld(store, clock, settings)
    later(() => world.close())
    await until(async () => (await gaps(world.bridge.url)).every((gap) => gap !== undefined))
    return { store, clock, world }
  }

  test('of a connection is made by one replica, and all show what it found', async () => {
    const { clock, world } = await swept(privateRedis)
    const others = [await world.startReplica(), await world.startReplica({ role: 'web' })]
    const lists = () => world.greenhouse.calls.filter(({ operation }) => operation === 'list-job-interview-stages')
    const before = lists().length
    world.greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)
    await sweep(world, clock)
    await world.api.quiet()
    expect(lists()).toHaveLength(before + 1)
    for (const { url } of others) expect(await gaps(url)).toEqual([1, 0])
  })

  test('that fails shows what it has found itself, not what the one before found', async () => {
    const { clock, world } = await swept(privateRedis)
    const { greenhouse, bridge } = world
    greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)
    await sweep(world, clock)
    expect(await gaps(bridge.url)).toEqual([1, 0])
    greenhouse.fault({ kind: 'error-request', status: 503, operation: 'list-application-stages', times: 1 })
    clock.forward(SWEEP_EVERY_MS)
    await until(() => failures(world).length > 0)
    await until(async () => (await gaps(bridge.url))[0] === 0)
  })

  test('after a start comes at once, unless one has just been made', async () => {
    const { clock, world } = await swept(privateRedis)
    const { greenhouse, bridge } = world
    await bridge.stop()
    const { applicationId } = addCandidate(world)
    greenhouse.move(applicationId, SANDBOX_STAGE)
    clock.forward(120_000)
    const { url } = await world.startReplica()
    await until(async () => (await gaps(url))[0] === 1)
    await until(() => greenhouse.notesOf(applicationId).length === 1)
  })

  test('that takes longer than the interval is left to its end', async () => {
    const { clock, world } = await swept(privateRedis)
    const { greenhouse, lever } = world
    greenhouse.fault({ kind: 'delay-reply', delayMs: 10_000, operation: 'list-job-interview-stages' })
    const lists = () => greenhouse.calls.filter(({ operation }) => operation === 'list-job-interview-stages').length
    const before = { greenhouse: lists(), lever: lever.calls.length }
    clock.forward(SWEEP_EVERY_MS)
    await until(() => lists() > before.greenhouse)
    // While it lasts, Lever's next sweep comes and goes.
    await sweep(world, clock, ['lever'])
    expect(lever.calls.length).toBeGreaterThan(before.lever)
    expect(lists()).toBe(before.greenhouse + 1)
    // So that the stop need not wait for it.
    await greenhouse.close()
  })

  test('ends with the process, though the ATS’s limit would have it wait', async () => {
    const { clock, world } = await swept(privateRedis)
    const { greenhouse, bridge } = world
    greenhouse.fault({ kind: 'rate-limit', retryAfterS: 3_600, operation: 'list-job-interview-stages', times: 5 })
    const refused = () => greenhouse.calls.some(({ status }) => status === 429)
    clock.forward(SWEEP_EVERY_MS)
    await until(refused)
    await bridge.stop()
    expect(failures(world)).toEqual([])
  })

  const lost: readonly (readonly [string, () => Promise<PrivateStore>])[] = stores.slice(0, 2)
  test.each(lost)(
    'restores a lost store on %s: nothing is doubled, and the links are read back',
    async (_name, open) => {
      const { store, clock, world } = await swept(open)
      const { greenhouse, lever, vendor, api } = world
      const candidates = Array.from({ length: 12 }, () => addCandidate(world))
      const opportunities = Array.from({ length: 4 }, () => addOpportunity(world))
      const twice = greenhouse.addCandidate({
        firstName: 'Amara',
        lastName: 'Quillfeather',
        job: 'Engineer',
        candidateId: candidates[0]?.candidateId ?? 0,
      })
      for (const { applicationId } of [...candidates, twice]) await moveIn(world, applicationId)
      for (const { opportunityId } of opportunities) await moveInAtLever(world, opportunityId)
      const untold = addCandidate(world)
      expect(await api.quiet()).toMatchObject({ delivered: 17 })
      const links = new Map(vendor.interviews().map(({ email, interviewLink }) => [email, interviewLink]))

      let url = world.bridge.url
      if (store.settings.kind === 'redis') {
        const redis = new Redis(store.settings.url)
        await redis.flushall()
        await redis.quit()
      } else {
        const fresh = await open()
        later(() => fresh.remove())
        await world.bridge.stop()
        ;({ url } = await world.startReplica({ store: fresh.settings }))
      }
      greenhouse.move(untold.applicationId, SANDBOX_STAGE)
      clock.forward(SWEEP_EVERY_MS)
      await until(async () => (await gaps(url)).every((gap, at) => gap === [14, 4][at]))
      await until(() => greenhouse.notesOf(untold.applicationId).length === 1)
      const rest = await adminClient(url, world.settings.adminPassword ?? '').quiet()
      expect(rest).toMatchObject({ delivered: 18, dead: 0, lapsed: 0 })

      for (const { applicationId } of [...candidates, twice]) expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
      for (const { opportunityId } of opportunities) expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
      for (const [email, link] of links)
        expect(vendor.interviews().filter((one) => one.email === email)).toMatchObject([{ interviewLink: link }])
      expect(vendor.interviews()).toHaveLength(links.size + 1)
    },
  )

  test('takes along who was in the stage of a new route, one link more for each of them', async () => {
    const interviewer = sandboxRoute('greenhouse').interviewer
    const { clock, world } = await swept(privateRedis, { settings: { routes: [sandboxRoute('lever')] } })
    const { greenhouse, hook, bridge } = world
    const { applicationId } = addCandidate(world)
    const sent = await greenhouse.sendWebhook(hook('greenhouse'), greenhouse.move(applicationId, SANDBOX_STAGE))
    expect(sent).toMatchObject({ body: { status: 'ignored', reason: 'no-route' } })
    await sweep(world, clock, ['lever'])
    expect(greenhouse.notesOf(applicationId)).toEqual([])
    await bridge.stop()
    const { url } = await world.startReplica({ routes: [sandboxRoute('greenhouse', { interviewer })] })
    clock.forward(SWEEP_EVERY_MS)
    await until(async () => (await gaps(url))[0] === 1)
    await until(() => greenhouse.notesOf(applicationId).length === 1)
  })

  test('that finds a great many keeps to its share of the limit, and holds up no webhook', async () => {
    const { clock, world } = await swept(privateRedis)
    const { greenhouse, api } = world
    greenhouse.configure({ rateLimit: 60 })
    // Three quarters of two windows, should one end meanwhile, still leave many of them waiting.
    const missed = Array.from({ length: 120 }, () => addCandidate(world))
    for (const { applicationId } of missed) greenhouse.move(applicationId, SANDBOX_STAGE)
    await sweep(world, clock, ['greenhouse'])
    await until(async () => ((await api.counts())['retrying'] ?? 0) > 20)
    const live = await api.settled(await moveIn(world, addCandidate(world).applicationId))
    expect(live).toMatchObject({ state: 'delivered' })
    expect(live.timeline.map(({ reason }) => reason)).not.toContain('rate-limited')
    expect((await api.counts())['retrying']).toBeGreaterThan(20)
  })
})
