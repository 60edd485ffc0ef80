import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Bridge } from '../../src/app.ts'
import type { NewCandidate } from '../../src/sandbox/greenhouse/model.ts'
import type { NewOpportunity } from '../../src/sandbox/lever/model.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE, sandboxRoute } from '../../src/sandbox/settings.ts'
import { adminClient } from '../support/admin-client.ts'
import { aClock } from '../support/clock.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { setField } from '../support/sandbox-edits.ts'
import { deliveryIds } from '../support/sent.ts'
import { useWorld } from '../support/use-world.ts'

type SandboxName = 'greenhouse' | 'lever' | 'vendor'

describe('a delivery that cannot go on', () => {
  const clock = aClock()
  const world = useWorld({ overrides: clock.overrides })

  beforeAll(() => {
    world.greenhouse.configure({ rateLimit: 10_000 })
  })
  afterEach(() => {
    for (const sandbox of [world.greenhouse, world.lever, world.vendor]) sandbox.clearFaults()
  })

  const interviewsOf = (email: string) => world.vendor.interviews().filter((interview) => interview.email === email)

  test.each<readonly [SandboxName, SandboxName, string, number, string]>([
    ['greenhouse', 'greenhouse', 'list-applications', 403, 'ats-forbidden'],
    ['greenhouse', 'greenhouse', 'create-note', 403, 'ats-forbidden'],
    ['greenhouse', 'greenhouse', 'create-note', 422, 'ats-refused'],
    ['greenhouse', 'greenhouse', 'patch-application', 404, 'field-not-found'],
    ['greenhouse', 'greenhouse', 'patch-application', 422, 'field-not-found'],
    ['lever', 'lever', 'get-opportunity', 403, 'ats-forbidden'],
    ['lever', 'lever', 'create-note', 404, 'ats-refused'],
    ['greenhouse', 'vendor', 'create', 400, 'vendor-refused'],
    ['greenhouse', 'vendor', 'create', 403, 'vendor-refused'],
    ['greenhouse', 'vendor', 'create', 404, 'interviewer-not-found'],
    ['lever', 'vendor', 'create', 422, 'vendor-refused'],
  ])('from %s that meets at %s %s a %i is dead at once: %s', async (ats, sandbox, operation, status, reason) => {
    const callsBefore = world[sandbox].calls.filter((call) => call.operation === operation).length
    world[sandbox].fault({ kind: 'error-request', operation, status })
    const id =
      ats === 'greenhouse'
        ? await moveIn(world, addCandidate(world).applicationId)
        : await moveInAtLever(world, addOpportunity(world).opportunityId)
    expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason, attempts: 1 })
    const calls = world[sandbox].calls.filter((call) => call.operation === operation)
    expect(calls).toHaveLength(callsBefore + 1)
    await world.api.post(`/api/deliveries/${id}/replay`)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
  })

  test('writes its other targets all the same', async () => {
    const { greenhouse, lever, api } = world
    greenhouse.fault({ kind: 'error-request', operation: 'create-note', status: 422 })
    lever.fault({ kind: 'error-request', operation: 'add-links', status: 422 })
    const { applicationId } = addCandidate(world)
    const { opportunityId } = addOpportunity(world)
    const ids = [await moveIn(world, applicationId), await moveInAtLever(world, opportunityId)]
    const [first] = await Promise.all(ids.map((id) => api.settled(id)))
    expect(greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(first?.interviewLink)
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
    expect(lever.tagsOf(opportunityId)).toHaveLength(1)
    for (const id of ids) {
      await api.post(`/api/deliveries/${id}/replay`)
      expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    }
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
    expect(lever.linksOf(opportunityId)).toHaveLength(1)
  })

  test.each<readonly [string, (person: ReturnType<typeof addCandidate>) => unknown, Partial<NewCandidate>]>([
    ['moved-on', ({ applicationId }) => world.greenhouse.move(applicationId, 'Offer'), {}],
    ['rejected', ({ applicationId }) => world.greenhouse.reject(applicationId), {}],
    ['hired', ({ applicationId }) => world.greenhouse.hire(applicationId), {}],
    ['anonymized', ({ candidateId }) => world.greenhouse.anonymise(candidateId), {}],
    ['contact-forbidden', ({ candidateId }) => world.greenhouse.setCanEmail(candidateId, false), {}],
    ['no-email', () => undefined, { emails: [{ value: 'none', type: 'personal' }] }],
  ])('at Greenhouse because of %s by its turn lapses with that reason', async (reason, change, given) => {
    const { greenhouse, hook, api } = world
    const person = addCandidate(world, given)
    const payload = greenhouse.move(person.applicationId, SANDBOX_STAGE)
    change(person)
    const [id = ''] = deliveryIds(await greenhouse.sendWebhook(hook('greenhouse'), payload))
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason, interviewLink: null })
    expect(interviewsOf(person.email)).toEqual([])
    expect(greenhouse.notesOf(person.applicationId)).toEqual([])
  })

  test.each<readonly [string, (person: ReturnType<typeof addOpportunity>) => unknown, Partial<NewOpportunity>]>([
    ['moved-on', ({ opportunityId }) => world.lever.move(opportunityId, 'Offer'), {}],
    ['archived', ({ opportunityId }) => world.lever.archive(opportunityId), {}],
    ['anonymized', ({ contactId }) => world.lever.anonymise(contactId), {}],
    ['contact-forbidden', ({ contactId }) => world.lever.setContactAllowed(contactId, false), {}],
    ['gone', ({ opportunityId }) => world.lever.remove(opportunityId), {}],
    ['no-email', () => undefined, { email: 'none' }],
  ])('at Lever because of %s by its turn lapses with that reason', async (reason, change, given) => {
    const { lever, hook, api } = world
    const person = addOpportunity(world, given)
    const event = lever.move(person.opportunityId, SANDBOX_STAGE)
    change(person)
    const [id = ''] = deliveryIds(await lever.sendWebhook(hook('lever'), event))
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason, interviewLink: null })
    expect(interviewsOf(person.email)).toEqual([])
  })

  test('is not at hand when an ATS shows the application a moment late', async () => {
    const { greenhouse, lever, api } = world
    greenhouse.fault({ kind: 'garbage-request', operation: 'list-applications', garbage: 'list', times: 1 })
    lever.fault({ kind: 'error-request', operation: 'get-opportunity', status: 404 })
    const ids = [
      await moveIn(world, addCandidate(world).applicationId),
      await moveInAtLever(world, addOpportunity(world).opportunityId),
    ]
    for (const id of ids) {
      const { timeline, ...shown } = await api.settled(id)
      expect(shown).toMatchObject({ state: 'delivered', reason: 'written' })
      expect(timeline.filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ reason: 'not-shown' }])
    }
  })

  test('because the person moved on finishes writing the interview that exists already', async () => {
    const { greenhouse, lever, api } = world
    for (const ats of [greenhouse, lever])
      ats.fault({ kind: 'error-request', operation: 'create-note', status: 503, times: 1_000 })
    const { applicationId } = addCandidate(world)
    const { opportunityId } = addOpportunity(world)
    const ids = [await moveIn(world, applicationId), await moveInAtLever(world, opportunityId)]
    await Promise.all(ids.map((id) => api.retrying(id)))
    greenhouse.reject(applicationId)
    lever.move(opportunityId, 'Offer')
    // Past the time for which lists may lag.
    clock.forward(10_000)
    for (const ats of [greenhouse, lever]) ats.clearFaults()
    for (const id of ids) expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
  })

  test.each<readonly [string, (person: ReturnType<typeof addCandidate>) => void]>([
    ['whose link has expired', () => clock.forward(11 * 86_400_000)],
    [
      'of another one with the same address',
      ({ candidateId, email }) => {
        const other = addCandidate(world, { firstName: 'Zoltan', lastName: 'Brightwater', email })
        world.greenhouse.merge(candidateId, other.candidateId)
      },
    ],
  ])('because the person was rejected lapses, and asks nobody to mend an interview %s', async (_what, spoil) => {
    const { greenhouse, api } = world
    // What waits for an ATS's limit outlasts the days that a test puts the clock forward.
    greenhouse.fault({ kind: 'rate-limit', operation: 'create-note', retryAfterS: 1, times: 1_000 })
    const person = addCandidate(world)
    const id = await moveIn(world, person.applicationId)
    await api.retrying(id)
    spoil(person)
    greenhouse.reject(person.applicationId)
    greenhouse.clearFaults()
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'rejected' })
    expect(greenhouse.notesOf(person.applicationId)).toEqual([])
  })

  test('because the person was erased meanwhile writes nothing more', async () => {
    const { greenhouse, api } = world
    greenhouse.fault({ kind: 'error-request', operation: 'create-note', status: 503, times: 1_000 })
    const { applicationId, candidateId } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    await api.retrying(id)
    greenhouse.anonymise(candidateId)
    greenhouse.clearFaults()
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'anonymized' })
    expect(greenhouse.notesOf(applicationId)).toEqual([])
    expect(greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBeNull()
  })
})

describe('where a person’s own text stands in the field', () => {
  const world = useWorld()
  const own = 'https://example.com/own'
  const customField = { on: 'application', key: SANDBOX_FIELD }
  let bridge: Bridge

  beforeAll(() => world.bridge.stop())
  afterEach(() => bridge.stop())

  /** Starts the bridge anew with other targets at Greenhouse. */
  async function writingTo(...writeBack: readonly object[]) {
    const connections = world.settings.connections.map((one) =>
      one.name === 'greenhouse' ? { ...one, settings: { ...(one.settings as object), writeBack } } : one,
    )
    bridge = await world.startReplica({ connections })
    const { applicationId } = addCandidate(world)
    await setField(world.greenhouse, applicationId, SANDBOX_FIELD, own)
    return {
      applicationId,
      api: adminClient(bridge.url, world.settings.adminPassword ?? ''),
      enter: () => moveIn(world, applicationId, `${bridge.url}/webhooks/greenhouse`),
    }
  }

  test('and nowhere else to write, somebody is told; once the field is empty it is written', async () => {
    const { applicationId, api, enter } = await writingTo({ customField })
    const leftAlone = { state: 'dead', reason: 'left-alone' }
    const id = await enter()
    expect(await api.settled(id)).toMatchObject(leftAlone)
    expect(world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(own)

    await setField(world.greenhouse, applicationId, SANDBOX_FIELD, null)
    await api.post(`/api/deliveries/${id}/replay`)
    const { interviewLink, ...written } = await api.settled(id)
    expect(written).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(interviewLink)

    await setField(world.greenhouse, applicationId, SANDBOX_FIELD, own)
    expect(await api.settled(await enter())).toMatchObject(leftAlone)
  })

  test('and the person has been rejected since, nobody is to make room for the link', async () => {
    const { applicationId, api, enter } = await writingTo({ customField })
    const id = await enter()
    await api.settled(id)
    world.greenhouse.reject(applicationId)
    await api.post(`/api/deliveries/${id}/replay`)
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'rejected' })
  })

  test('or a newer link of ours by now, a delivery that wrote there before leaves it', async () => {
    const { applicationId, api, enter } = await writingTo({ customField }, { note: {} })
    await setField(world.greenhouse, applicationId, SANDBOX_FIELD, null)
    world.greenhouse.fault({ kind: 'error-request', operation: 'create-note', status: 503, times: 1_000 })
    const id = await enter()
    await api.retrying(id)
    const newer = new URL(String(world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)))
    newer.searchParams.set('interviewId', '99999999-2222-4333-8444-555555555555')
    await setField(world.greenhouse, applicationId, SANDBOX_FIELD, newer.href)
    world.greenhouse.clearFaults()
    expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(newer.href)
  })

  test('and a note takes the link, the link is delivered, and the page does not claim the field', async () => {
    const { api, enter } = await writingTo({ note: {} }, { customField })
    const id = await enter()
    const { timeline, ...written } = await api.settled(id)
    expect(written).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(timeline.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['note written', `customField:application:${SANDBOX_FIELD} left-alone`]),
    )
    const headers = { authorization: `Basic ${btoa(`admin:${world.settings.adminPassword}`)}` }
    const page = await (await fetch(`${bridge.url}/admin/deliveries`, { headers })).text()
    expect(page).toContain(id)
    expect(page).not.toMatch(/field .*written/i)
    expect(await api.settled(await enter())).toMatchObject({ state: 'delivered', reason: 'already-written' })
  })
})

describe('a delivery on a route that names its job', () => {
  const routes = [sandboxRoute('lever', { jobs: ['Engineer'] })]
  const world = useWorld({ settings: { routes }, overrides: aClock().overrides })

  test('is dead, not lapsed, when the job is hidden from our key, and is delivered once it is not', async () => {
    const { lever, api } = world
    lever.fault({ kind: 'error-request', operation: 'get-posting', status: 404, times: 1_000 })
    const { opportunityId } = addOpportunity(world)
    const id = await moveInAtLever(world, opportunityId)
    const { timeline, ...dead } = await api.settled(id)
    expect(dead).toMatchObject({ state: 'dead', reason: 'ats-forbidden', interviewLink: null })
    const looks = timeline.filter(({ step }) => step === 'load').map(({ outcome, reason }) => reason ?? outcome)
    expect(looks).toEqual(['not-shown', 'not-shown', 'ats-forbidden'])
    lever.clearFaults()
    await api.post(`/api/deliveries/${id}/replay`)
    expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
  })

  test('lapses when it is for another job', async () => {
    const { opportunityId } = addOpportunity(world, { posting: 'Designer' })
    expect(await world.api.settled(await moveInAtLever(world, opportunityId))).toMatchObject({
      state: 'lapsed',
      reason: 'other-job',
    })
  })

  test('whose job is hidden is no trouble for somebody who has their link', async () => {
    const { lever, api, startReplica } = world
    const { opportunityId } = addOpportunity(world)
    expect(await api.settled(await moveInAtLever(world, opportunityId))).toMatchObject({ reason: 'written' })
    // A name once read is remembered.
    await world.bridge.stop()
    const { url } = await startReplica({})
    lever.fault({ kind: 'error-request', operation: 'get-posting', status: 404, times: 1_000 })
    lever.move(opportunityId, 'Offer')
    const id = await moveInAtLever(world, opportunityId, `${url}/webhooks/lever`)
    const shown = await adminClient(url, world.settings.adminPassword ?? '').settled(id)
    lever.clearFaults()
    expect(shown).toMatchObject({ state: 'delivered', reason: 'already-written' })
  })
})
