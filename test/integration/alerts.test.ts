import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { readAlertState, replaceAlertState } from '../../src/alert/alert-state.ts'
import { makeSilentSince } from '../../src/alert/silence.ts'
import type { Bridge } from '../../src/app.ts'
import { lastWebhookAt, makeNoteWebhooks } from '../../src/receive/note-webhooks.ts'
import { SANDBOX_STAGE, sandboxRoute } from '../../src/sandbox/settings.ts'
import { openStore } from '../../src/store/open-store.ts'
import { SWEEP_EVERY_MS } from '../../src/sweep/sweeper.ts'
import { adminClient } from '../support/admin-client.ts'
import { type AlertReceiver, startAlertReceiver } from '../support/alert-receiver.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { aClock, type Clock } from '../support/clock.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { startRedis } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const unknownInterviewer = 'ffffffff-bbbb-4ccc-8ddd-eeeeeeeeeeee'

const afterwards = cleanUpAfterEach()
let receiver: AlertReceiver
let clock: Clock
let world: World

beforeEach(async () => {
  receiver = await startAlertReceiver()
  clock = aClock()
})
afterEach(async () => {
  expect(receiver.faults).toEqual([])
  await receiver.close()
})

type Options = NonNullable<Parameters<typeof startWorld>[1]>

/** A world whose bridges look every few milliseconds, and in which everybody's delivery dies. */
async function startTroubledWorld(store: PrivateStore, { settings, overrides }: Options = {}): Promise<void> {
  const interviewer = unknownInterviewer
  world = await startWorld(store.settings, {
    settings: {
      alertWebhookUrl: receiver.url,
      publicUrl: 'https://bridge.example.com',
      routes: [sandboxRoute('greenhouse', { interviewer }), sandboxRoute('lever', { interviewer })],
      ...settings,
    },
    overrides: { ...clock.overrides, alertTickMs: 30, ...overrides },
    ...(clock.overrides.now && { sandboxNow: clock.overrides.now }),
  })
  afterwards(() => world.close())
}

async function open(openPrivate: () => Promise<PrivateStore>): Promise<PrivateStore> {
  const store = await openPrivate()
  afterwards(() => store.remove())
  return store
}

/**
 * Puts the clock forward little by little until something has come about; by an hour at the most, so that on a slow
 * machine nothing comes to be told again in the meantime.
 */
async function passing(stepMs: number, hasCome: () => boolean): Promise<void> {
  let passedMs = 0
  await until(() => {
    if (hasCome()) return true
    if (passedMs < HOUR) clock.forward(stepMs)
    passedMs += stepMs
    return false
  })
}

const titles = () => receiver.texts.map((text) => /\*(.+)\*/.exec(text)?.[1])

/** Messages of which the bridge knows how it went with them. */
async function metric({ url }: Bridge, outcome: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^bridge_alerts_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

/** The titles, once so many messages have come. */
async function heard(count: number, stepMs = 31_000): Promise<readonly (string | undefined)[]> {
  await passing(stepMs, () => receiver.texts.length >= count)
  return titles()
}

/** All at once: whoever died earlier would be told of before the others, were they long in coming. */
async function dieAtGreenhouse(people: number, url?: string): Promise<void> {
  const die = async () => await world.api.settled(await moveIn(world, addCandidate(world).applicationId, url))
  await Promise.all(Array.from({ length: people }, die))
}
const dieAtLever = async () => await world.api.settled(await moveInAtLever(world, addOpportunity(world).opportunityId))

const aboutLever = 'Needs you: 1 delivery, lever'

const stores: readonly (readonly [string, () => Promise<PrivateStore>])[] = [
  ['Redis', privateRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
]

describe.each(stores)('on %s', (_name, openPrivate) => {
  test('the dead deliveries of 30 people are one message, whichever of three replicas they died on', async () => {
    await startTroubledWorld(await open(openPrivate))
    await Promise.all([world.startReplica(), world.startReplica()])
    await dieAtGreenhouse(30)
    expect(await world.api.quiet()).toMatchObject({ dead: 30 })
    expect(await heard(1)).toEqual(['Needs you: 30 deliveries, greenhouse'])
    expect(receiver.texts[0]).toContain('InterviewFlowAI knows no interviewer with this id.')
    expect(receiver.texts[0]).toContain(
      '<https://bridge.example.com/admin/deliveries?state=dead&reason=interviewer-not-found&connection=greenhouse|',
    )
    // By the time at which a second one has come about something else, a doubled first one would have come, too.
    await dieAtLever()
    expect(await heard(2)).toEqual(['Needs you: 30 deliveries, greenhouse', aboutLever])
  })

  test('of two who have read the same, one alone may speak', async () => {
    const store = await openStore((await open(openPrivate)).settings, [])
    afterwards(() => store.close())
    const { cache } = store
    const first = await readAlertState(cache)
    const said = (at: number) => replaceAlertState(cache, first, { known: {}, sentAt: [at] })
    const replaced = await Promise.all([said(1), said(2), said(3)])
    expect(replaced.filter((one) => one !== undefined)).toEqual([await readAlertState(cache)])
    const second = await readAlertState(cache)
    expect(await replaceAlertState(cache, first, { known: {}, sentAt: [4] })).toBeUndefined()
    expect(await readAlertState(cache)).toEqual(second)
  })

  test('a restart repeats nothing', async () => {
    await startTroubledWorld(await open(openPrivate))
    await dieAtGreenhouse(2)
    await heard(1)
    // Stopped before it has read the receiver's answer it does not know, and the successor would tell it again.
    await until(async () => (await metric(world.bridge, 'sent')) === 1)
    await world.bridge.stop()
    const successor = await world.startReplica()
    const { opportunityId } = addOpportunity(world)
    const id = await moveInAtLever(world, opportunityId, `${successor.url}/webhooks/lever`)
    await adminClient(successor.url, world.settings.adminPassword ?? '').settled(id)
    expect(await heard(2)).toEqual(['Needs you: 2 deliveries, greenhouse', aboutLever])
  })

  test('a replica speaks in the place of one that is gone', async () => {
    await startTroubledWorld(await open(openPrivate))
    const other = await world.startReplica()
    await world.bridge.stop()
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId, `${other.url}/webhooks/greenhouse`)
    await adminClient(other.url, world.settings.adminPassword ?? '').settled(id)
    expect(await heard(1)).toEqual(['Needs you: 1 delivery, greenhouse'])
  })

  test('that nobody is waiting any more is told once', async () => {
    await startTroubledWorld(await open(openPrivate))
    const { applicationId, candidateId } = addCandidate(world)
    await world.api.settled(await moveIn(world, applicationId))
    await heard(1)
    const forgotten = await world.api.post('/api/candidates/forget', {
      connection: 'greenhouse',
      candidateId: String(candidateId),
    })
    expect(forgotten.status).toBe(200)
    await heard(2)
    await dieAtLever()
    expect(await heard(3)).toEqual([
      'Needs you: 1 delivery, greenhouse',
      'Resolved: needs you (interviewer-not-found), greenhouse',
      aboutLever,
    ])
  })
})

test('credentials that are refused are told at once, and what dies of them an hour later is not told again', async () => {
  await startTroubledWorld(await open(privateRedis), { settings: { role: 'web' } })
  const worker = await world.startReplica({ role: 'worker' })
  world.greenhouse.fault({ kind: 'unauthorized', times: 1_000_000 })
  const id = await moveIn(world, addCandidate(world).applicationId)
  await world.api.retrying(id)
  // No try comes in between, which would have the next one wait by a clock that nobody puts forward.
  await worker.stop()
  expect(await heard(1)).toEqual(['Credentials refused, greenhouse'])
  clock.forward(HOUR)
  await world.startReplica({ role: 'worker' })
  expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason: 'ats-unauthorized' })
  await dieAtLever()
  expect(await heard(2)).toEqual(['Credentials refused, greenhouse', aboutLever])
})

test('credentials that only the sweep finds refused are told, too, and not that it is late', async () => {
  await startTroubledWorld(await open(privateRedis), { overrides: { sweepTickMs: 30 } })
  world.greenhouse.fault({ kind: 'unauthorized', times: 1_000_000 })
  clock.forward(SWEEP_EVERY_MS)
  expect(await heard(1, MINUTE)).toEqual(['Credentials refused, greenhouse'])
  clock.forward(HOUR)
  await dieAtLever()
  expect(await heard(2)).toEqual(['Credentials refused, greenhouse', aboutLever])
})

test('webhooks that get lost sweep after sweep are told, and that none are any more', async () => {
  await startTroubledWorld(await open(privateRedis), {
    overrides: { sweepTickMs: 30 },
    settings: { routes: [sandboxRoute('greenhouse')] },
  })
  const lose = () => {
    const { applicationId } = addCandidate(world)
    world.greenhouse.move(applicationId, SANDBOX_STAGE)
    return applicationId
  }
  // The clock stands still while the delivery is at work, which would else be told of as stuck.
  const swept = async () => {
    const applicationId = lose()
    clock.forward(SWEEP_EVERY_MS)
    await until(() => world.greenhouse.notesOf(applicationId).length === 1)
  }
  await until(async () => {
    await swept()
    return receiver.texts.length > 0
  }, 50_000)
  expect(titles()).toEqual([expect.stringMatching(/^Webhooks get lost, greenhouse: \d (person|people)$/)])
  expect(receiver.texts[0]).toContain('<https://bridge.example.com/admin|')
  await heard(2, MINUTE)
  expect(titles().at(1)).toBe('Resolved: webhooks get lost, greenhouse')
})

test('a connection that used to send and sends no more is told after a working day, and that it is back', async () => {
  await startTroubledWorld(await open(privateRedis))
  const say = async (times: number) => {
    for (let left = times; left > 0; left -= 1) {
      const { applicationId } = addCandidate(world)
      const sent = await world.greenhouse.sendWebhook(
        world.hook('greenhouse'),
        world.greenhouse.move(applicationId, 'Face to Face'),
      )
      expect(sent.status).toBe(200)
    }
  }
  await say(50)
  // Of one that sends now and then a day without a word means nothing.
  const { lever } = world
  const { status } = await lever.sendWebhook(
    world.hook('lever'),
    lever.move(addOpportunity(world).opportunityId, 'Offer'),
  )
  expect(status).toBe(200)
  const listed = async () =>
    ((await world.api.get('/api/webhooks?limit=200')).body as { items: unknown[] }).items.length
  await until(async () => (await listed()) >= 50)
  clock.forward(3 * 24 * HOUR)
  expect(await heard(1)).toEqual(['No webhooks any more, greenhouse'])
  await say(1)
  await heard(2, MINUTE)
  expect(titles().at(1)).toBe('Resolved: no webhooks any more, greenhouse')
})

test('a silence lasts, once it is known, though the busy week before it is forgotten', async () => {
  const store = await openStore((await open(privateRedis)).settings, [])
  afterwards(() => store.close())
  const { webhooks, journal, cache } = store
  const { now } = { now: Date.now, ...clock.overrides }
  const notes = makeNoteWebhooks(webhooks, cache, now, () => undefined)
  for (let left = 50; left > 0; left -= 1) notes.answered('greenhouse', { status: 'ignored', reason: 'other-event' })
  await notes.close()
  const last = await lastWebhookAt(cache, 'greenhouse')
  const silentSince = makeSilentSince({ journal, webhooks, cache, now })
  expect(await silentSince('greenhouse', false)).toBeUndefined()
  clock.forward(3 * 24 * HOUR)
  expect(await silentSince('greenhouse', false)).toBe(last)
  await webhooks.purge(now())
  expect(await silentSince('greenhouse', false)).toBeUndefined()
  expect(await silentSince('greenhouse', true)).toBe(last)
})

describe('a receiver', () => {
  const asked = async () => await passing(31_000, () => receiver.asked > 0)

  test.each([500, 404, 302])('that answers %d is asked again, and what it missed reaches it once', async (status) => {
    await startTroubledWorld(await open(privateRedis))
    receiver.behave(status)
    await dieAtGreenhouse(3)
    await asked()
    await until(() => receiver.asked >= 3)
    expect(await metric(world.bridge, 'failed')).toBeGreaterThan(0)
    receiver.behave('takes')
    await until(() => receiver.texts.length === 1)
    await dieAtLever()
    expect(await heard(2)).toEqual(['Needs you: 3 deliveries, greenhouse', aboutLever])
    await until(async () => (await metric(world.bridge, 'sent')) === 2)
  })

  test('that never answers holds up no delivery, no request and no stop; the next process tells what it missed', async () => {
    await startTroubledWorld(await open(privateRedis))
    receiver.behave('hangs')
    await dieAtGreenhouse(1)
    await asked()
    await dieAtGreenhouse(5)
    expect((await fetch(`${world.bridge.url}/readyz`)).status).toBe(200)
    await world.bridge.stop()
    receiver.behave('takes')
    await world.startReplica()
    expect(await heard(1)).toEqual(['Needs you: 6 deliveries, greenhouse'])
  })
})

test('that the store is away is told by one of two replicas, and that it is back', async () => {
  const redis = await startRedis()
  afterwards(() => redis.stop())
  await startTroubledWorld({ settings: { kind: 'redis', url: redis.url }, remove: () => Promise.resolve() })
  const other = await world.startReplica()
  // The speaker has spoken: now each of the two knows who it is.
  await dieAtGreenhouse(1)
  await heard(1)
  await redis.kill()
  await heard(2)
  await redis.restart()
  for (const { url } of [world.bridge, other]) await until(async () => (await fetch(`${url}/readyz`)).ok)
  await heard(3, MINUTE)
  await dieAtLever()
  expect(await heard(4)).toEqual([
    'Needs you: 1 delivery, greenhouse',
    'The store does not answer',
    'Resolved: the store does not answer',
    aboutLever,
  ])
})

test('the embedded store’s bridge speaks, too', async () => {
  // Each look takes time of the thread that the database computes in.
  await startTroubledWorld(await open(privateFolder), { overrides: { alertTickMs: 500 } })
  await dieAtGreenhouse(1)
  expect(await heard(1)).toEqual(['Needs you: 1 delivery, greenhouse'])
})
