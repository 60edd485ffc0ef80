import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_FIELD, SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { aClock } from '../support/clock.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { setField } from '../support/sandbox-edits.ts'
import { deliveryIds, expectQueued } from '../support/sent.ts'
import { until } from '../support/until.ts'
import { untilTaken } from '../support/until-taken.ts'
import { useWorld } from '../support/use-world.ts'

describe('nothing is doubled', () => {
  const clock = aClock()
  const world = useWorld({ overrides: clock.overrides })

  beforeAll(() => {
    world.greenhouse.configure({ rateLimit: 10_000 })
  })
  afterEach(() => {
    for (const sandbox of [world.greenhouse, world.lever, world.vendor]) sandbox.clearFaults()
  })

  const interviewsOf = (email: string) => world.vendor.interviews().filter((interview) => interview.email === email)
  const linkIn = (applicationId: number) => world.greenhouse.fieldOf(applicationId, SANDBOX_FIELD)

  test('one person’s two applications, moved at once, share one interview', async () => {
    const { candidateId, applicationId: first, email } = addCandidate(world)
    const { applicationId: second } = addCandidate(world, { candidateId, job: 'Engineer' })
    const ids = await Promise.all([moveIn(world, first), moveIn(world, second)])
    for (const id of ids) expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    const [interview, ...others] = interviewsOf(email)
    expect(others).toEqual([])
    for (const application of [first, second]) {
      expect(world.greenhouse.notesOf(application)).toHaveLength(1)
      expect(linkIn(application)).toBe(interview?.interviewLink)
    }
  })

  test('who is moved out of the stage and back in gets no second note', async () => {
    const { applicationId, email } = addCandidate(world)
    await world.api.settled(await moveIn(world, applicationId))
    world.greenhouse.move(applicationId, 'Face to Face')
    const again = await world.api.settled(await moveIn(world, applicationId))
    expect(again).toMatchObject({ state: 'delivered', reason: 'already-written' })
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(interviewsOf(email)).toHaveLength(1)
  })

  test('a field that someone has cleared is written again, the note is not', async () => {
    const { applicationId } = addCandidate(world)
    const first = await world.api.settled(await moveIn(world, applicationId))
    await setField(world.greenhouse, applicationId, SANDBOX_FIELD, null)
    const again = await world.api.settled(await moveIn(world, applicationId))
    expect(again).toMatchObject({ state: 'delivered', reason: 'written', interviewLink: first.interviewLink })
    expect(linkIn(applicationId)).toBe(first.interviewLink)
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('a note whose answer was lost is found and not posted again', async () => {
    const { greenhouse, lever, api } = world
    greenhouse.fault({ kind: 'drop-reply', operation: 'create-note' })
    lever.fault({ kind: 'error-reply', operation: 'create-note', status: 502 })
    const { applicationId } = addCandidate(world)
    const { opportunityId } = addOpportunity(world)
    const ids = [await moveIn(world, applicationId), await moveInAtLever(world, opportunityId)]
    for (const id of ids) await until(async () => (await api.delivery(id)).attempts > 0)
    // Past the time for which lists may lag.
    clock.forward(10_000)
    for (const id of ids) {
      const delivery = await api.settled(id)
      expect(delivery).toMatchObject({ state: 'delivered', attempts: 2 })
      expect(delivery.timeline.map(({ outcome }) => outcome)).toContain('note found')
    }
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(lever.notesOf(opportunityId)).toHaveLength(1)
    expect(lever.linksOf(opportunityId)).toHaveLength(1)
  })

  test('a note whose answer was lost and which lists show only seconds later is not posted again', async () => {
    const { greenhouse, lever, api } = world
    for (const ats of [greenhouse, lever]) {
      ats.configure({ noteLagMs: 3_000 })
      ats.fault({ kind: 'drop-reply', operation: 'create-note' })
    }
    const { applicationId } = addCandidate(world)
    const { opportunityId } = addOpportunity(world)
    const ids = [await moveIn(world, applicationId), await moveInAtLever(world, opportunityId)]
    for (const id of ids) expect(await api.settled(id)).toMatchObject({ state: 'delivered' })
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(lever.notesOf(opportunityId)).toHaveLength(1)
    for (const ats of [greenhouse, lever]) ats.configure({ noteLagMs: 0 })
  })

  test('a note whose answer was lost is found by a process whose clock has been put back since', async () => {
    const { greenhouse, api } = world
    greenhouse.fault({ kind: 'drop-reply', operation: 'create-note' })
    const { applicationId } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    await api.retrying(id)
    clock.forward(-3_600_000)
    expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    clock.forward(3_600_000)
  })

  test('a note that surely was not taken is posted again at once', async () => {
    const { greenhouse, api } = world
    greenhouse.fault({ kind: 'rate-limit', operation: 'create-note', retryAfterS: 1 })
    const { applicationId } = addCandidate(world)
    const delivery = await api.settled(await moveIn(world, applicationId))
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 1 })
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(
      greenhouse.calls.filter(
        ({ operation, path }) => operation === 'list-notes' && path.includes(delivery.candidateId),
      ),
    ).toEqual([])
  })

  test('ten copies of each of twenty webhooks at two replicas make one of everything', async () => {
    const { greenhouse, hook, api } = world
    const replica = await world.startReplica()
    const people = Array.from({ length: 20 }, () => addCandidate(world))
    const doors = [hook('greenhouse'), `${replica.url}/webhooks/greenhouse`]
    const copies = people.flatMap(({ applicationId }) => {
      const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
      const send = (n: number) => greenhouse.sendWebhook(doors[n % 2] ?? '', payload)
      return Array.from({ length: 10 }, (_, n) => untilTaken(() => send(n)))
    })
    const answers = await Promise.all(copies)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expectQueued(20, answers)
    const ids = [...new Set(answers.flatMap(deliveryIds))]
    expect(ids).toHaveLength(20)
    for (const id of ids) expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    for (const { applicationId, email } of people) {
      expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
      expect(interviewsOf(email)).toHaveLength(1)
    }
  })

  test('two people with one address do not share an interview', async () => {
    const { api, greenhouse } = world
    const first = addCandidate(world)
    await api.settled(await moveIn(world, first.applicationId))
    const second = addCandidate(world, { firstName: 'Zoltan', lastName: 'Brightwater', email: first.email })
    const delivery = await api.settled(await moveIn(world, second.applicationId))
    expect(delivery).toMatchObject({ state: 'dead', reason: 'name-mismatch', interviewLink: null })
    expect(greenhouse.notesOf(second.applicationId)).toEqual([])
    expect(linkIn(second.applicationId)).toBeNull()
  })

  test('an application whose first delivery died is delivered by a later move into the stage', async () => {
    const { vendor, api, greenhouse } = world
    vendor.fault({ kind: 'error-request', operation: 'create', status: 422 })
    const { applicationId, email } = addCandidate(world)
    const first = await moveIn(world, applicationId)
    expect(await api.settled(first)).toMatchObject({ state: 'dead' })
    greenhouse.move(applicationId, 'Face to Face')
    expect(await api.settled(await moveIn(world, applicationId))).toMatchObject({
      state: 'delivered',
      reason: 'written',
    })
    expect(await api.delivery(first)).toMatchObject({ state: 'dead' })
    expect(interviewsOf(email)).toHaveLength(1)
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
  })
})

describe('a vendor whose clock is ahead', () => {
  const world = useWorld({ sandboxNow: () => Date.now() + 3_600_000 })

  test('makes no second note: the one of a link that seems younger is looked for', async () => {
    const { applicationId } = addCandidate(world)
    expect(await world.api.settled(await moveIn(world, applicationId))).toMatchObject({ reason: 'written' })
    for (const _ of [1, 2])
      expect(await world.api.settled(await moveIn(world, applicationId))).toMatchObject({ reason: 'already-written' })
    expect(world.greenhouse.notesOf(applicationId)).toHaveLength(1)
  })
})
