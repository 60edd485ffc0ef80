import { beforeAll, describe, expect, inject, test } from 'vitest'
import type { Sent } from '../../src/sandbox/send-webhook.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { type PrivateStore, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { dumpPostgres, dumpRedis } from '../support/store-dump.ts'
import { until } from '../support/until.ts'
import { untilTaken } from '../support/until-taken.ts'
import { useWorld } from '../support/use-world.ts'
import type { World } from '../support/world.ts'

const stores: readonly (readonly [string, () => Promise<PrivateStore>, (url: string) => Promise<string>])[] = [
  ['Redis', privateRedis, dumpRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl')), dumpPostgres],
]

/** Somebody in an ATS, and how they come to be erased. */
interface Case {
  readonly ids: readonly string[]
  readonly email: string
  /** Moves them into the stage. @returns the delivery's id */
  move(): Promise<string>
  erase(): Promise<Sent | { status: number; body: unknown }>
  /** Everything that a delivery writes. */
  written(): readonly unknown[]
  /** The call of the ATS that a load makes. */
  readonly load: { readonly sandbox: 'greenhouse' | 'lever'; readonly operation: string }
}

function atGreenhouse(world: World, how: 'anonymise' | 'remove' | 'forget'): Case {
  const { greenhouse, api, hook } = world
  const { candidateId, applicationId, email } = addCandidate(world)
  return {
    ids: [String(candidateId), String(applicationId)],
    email,
    move: () => moveIn(world, applicationId),
    erase: async () => {
      const body = { connection: 'greenhouse', candidateId: String(candidateId) }
      if (how === 'forget') return await untilTaken(() => api.post('/api/candidates/forget', body))
      const event = greenhouse[how](candidateId)
      return await untilTaken(() => greenhouse.sendWebhook(hook('greenhouse'), event))
    },
    written: () => greenhouse.notesOf(applicationId),
    load: { sandbox: 'greenhouse', operation: 'list-applications' },
  }
}

function atLever(world: World): Case {
  const { lever, hook } = world
  const { opportunityId, email } = addOpportunity(world)
  return {
    ids: [opportunityId],
    email,
    move: () => moveInAtLever(world, opportunityId),
    erase: async () => {
      const event = lever.remove(opportunityId)
      return await untilTaken(() => lever.sendWebhook(hook('lever'), event))
    },
    written: () => lever.notesOf(opportunityId),
    load: { sandbox: 'lever', operation: 'get-opportunity' },
  }
}

const cases: readonly (readonly [string, (world: World) => Case])[] = [
  ['anonymised at Greenhouse', (world) => atGreenhouse(world, 'anonymise')],
  ['deleted at Greenhouse', (world) => atGreenhouse(world, 'remove')],
  ['forgotten by hand', (world) => atGreenhouse(world, 'forget')],
  ['deleted at Lever', atLever],
]

const gone = { state: 'lapsed', reason: 'anonymized', applicationId: 'erased', candidateId: 'erased' }

describe.each(stores)('on %s', (_name, open, dump) => {
  const world = useWorld({}, open)

  beforeAll(() => {
    world.greenhouse.configure({ rateLimit: 1_000_000 })
  })

  const inStore = async (texts: readonly string[]) => {
    const held = await dump(world.settings.store.kind === 'embedded' ? '' : world.settings.store.url)
    return texts.filter((text) => held.includes(text))
  }
  /** The queue lets go of a delivery at work a moment after that has ended. */
  const noneInStore = async (texts: readonly string[]) => {
    await until(async () => (await inStore(texts)).length === 0, 5_000)
  }
  const interviewOf = ({ email }: Case) => world.vendor.interviews().find((interview) => interview.email === email)
  const called = (operation: string) => world.vendor.calls.filter((call) => call.operation === operation).length

  describe.each(cases)('somebody %s', (_how, make) => {
    test('while their delivery waits is not interviewed, and their ids are nowhere', async () => {
      const somebody = make(world)
      const { vendor, api } = world
      vendor.fault({ kind: 'error-request', operation: 'create', status: 503, times: 50 })
      const id = await somebody.move()
      await until(async () => (await api.delivery(id)).state === 'retrying')
      await expect(somebody.erase()).resolves.toMatchObject({ status: 200 })
      vendor.clearFaults()
      expect(await api.delivery(id)).toMatchObject({ ...gone, nextAttemptAt: null })
      await noneInStore(somebody.ids)
      expect(interviewOf(somebody)).toBeUndefined()
    })

    test('while they are loaded is not interviewed', async () => {
      const somebody = make(world)
      const { vendor, api } = world
      const { sandbox, operation } = somebody.load
      world[sandbox].fault({ kind: 'delay-reply', operation, delayMs: 400 })
      const before = called('create')
      const seen = world[sandbox].calls.filter((call) => call.operation === operation).length
      const id = await somebody.move()
      await until(() => world[sandbox].calls.filter((call) => call.operation === operation).length > seen)
      await expect(somebody.erase()).resolves.toMatchObject({ status: 200 })
      // Whichever is found first: that they are gone, or that they are to be.
      const reason = expect.stringMatching(/^(anonymized|gone)$/) as string
      expect(await api.settled(id)).toMatchObject({ ...gone, reason })
      expect(called('create')).toBe(before)
      expect(vendor.unexpected()).toEqual([])
      await noneInStore(somebody.ids)
    })

    test('between the interview and the note gets no note, and their link is not kept', async () => {
      const somebody = make(world)
      const { vendor, api } = world
      vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 400 })
      const id = await somebody.move()
      await until(() => interviewOf(somebody))
      await expect(somebody.erase()).resolves.toMatchObject({ status: 200 })
      // Acknowledged: whoever was at work has stopped, so that nothing is written from here on.
      expect(await api.delivery(id)).toMatchObject({ ...gone, interviewLink: null })
      expect(somebody.written()).toEqual([])
      const { id: interviewId = '', interviewLink = '' } = interviewOf(somebody) ?? {}
      await noneInStore([...somebody.ids, interviewId, interviewLink])
    })

    test('after their link was delivered leaves a record for the counts, and no link', async () => {
      const somebody = make(world)
      const { api } = world
      const id = await somebody.move()
      expect(await api.settled(id)).toMatchObject({ state: 'delivered' })
      const { interviewLink = '' } = interviewOf(somebody) ?? {}
      expect(await inStore([interviewLink])).toEqual([interviewLink])
      await expect(somebody.erase()).resolves.toMatchObject({ status: 200 })
      const record = await api.delivery(id)
      expect(record).toMatchObject({ ...gone, state: 'delivered', reason: 'written', interviewLink: null })
      await noneInStore([...somebody.ids, interviewLink])
      expect(await api.post(`/api/deliveries/${id}/replay`)).toMatchObject({ status: 409 })
    })
  })

  test('a webhook that comes late does not bring back a person forgotten by hand', async () => {
    const { greenhouse, api, hook } = world
    const { candidateId, applicationId } = addCandidate(world)
    const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
    const send = async () => await untilTaken(() => greenhouse.sendWebhook(hook('greenhouse'), payload))
    const idOf = ({ body }: Sent) => (body as { deliveries: readonly string[] }).deliveries[0] ?? ''
    const id = idOf(await send())
    await api.settled(id)
    const written = greenhouse.notesOf(applicationId)
    const forget = { connection: 'greenhouse', candidateId: String(candidateId) }
    await untilTaken(() => api.post('/api/candidates/forget', forget))
    expect(await send()).toMatchObject({ status: 200, body: { status: 'duplicate' } })
    // Another move into the stage, which makes another delivery.
    const later = await moveIn(world, applicationId)
    expect(later).not.toBe(id)
    expect(await api.settled(later)).toMatchObject(gone)
    expect(greenhouse.notesOf(applicationId)).toEqual(written)
    await noneInStore([String(candidateId), String(applicationId)])
    expect(await api.post(`/api/deliveries/${later}/replay`)).toMatchObject({
      status: 409,
      body: { error: { code: 'erased' } },
    })
  })

  test('nor does one that comes while the ATS does not answer, and it is not waited for', async () => {
    const { greenhouse, api } = world
    const { candidateId, applicationId } = addCandidate(world)
    await api.settled(await moveIn(world, applicationId))
    const forget = { connection: 'greenhouse', candidateId: String(candidateId) }
    await untilTaken(() => api.post('/api/candidates/forget', forget))
    greenhouse.fault({ kind: 'error-request', operation: 'list-applications', status: 503, times: 50 })
    const record = await api.settled(await moveIn(world, applicationId)).finally(() => greenhouse.clearFaults())
    expect(record).toMatchObject({ ...gone, attempts: 1 })
  })

  test('forgetting says what was erased, and said again finds nothing more', async () => {
    const { api } = world
    const { candidateId, applicationId } = addCandidate(world)
    const { id } = await api.settled(await moveIn(world, applicationId))
    const forget = { connection: 'greenhouse', candidateId: String(candidateId) }
    const answered = (deliveries: number, interviews: number, writeBacks: number) => ({
      status: 200,
      body: { connection: 'greenhouse', erased: { deliveries, interviews, writeBacks } },
    })
    expect(await api.post('/api/candidates/forget', forget)).toEqual(answered(1, 1, 1))
    expect(await api.post('/api/candidates/forget', forget)).toEqual(answered(0, 0, 0))
    expect(await api.post('/api/candidates/forget', { connection: 'greenhouse' })).toMatchObject({ status: 400 })
    // What stands in the records of all who have been erased is nobody's id.
    const before = await api.delivery(id)
    const nobody = { connection: 'greenhouse', candidateId: 'erased' }
    expect(await api.post('/api/candidates/forget', nobody)).toMatchObject({ status: 400 })
    expect(await api.delivery(id)).toEqual(before)
  })

  test('what is no id is nobody’s, and forgetting it is refused', async () => {
    const { api } = world
    const { candidateId, applicationId } = addCandidate(world)
    const before = await api.settled(await moveIn(world, applicationId))
    const none = [null, true, false, {}, [], [candidateId], [String(candidateId)], candidateId + 0.5, '', ' ']
    for (const id of none)
      expect(await api.post('/api/candidates/forget', { connection: 'greenhouse', candidateId: id })).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid', message: expect.stringContaining('candidateId') } },
      })
    expect(await api.delivery(before.id)).toEqual(before)
    const asNumber = await untilTaken(() =>
      api.post('/api/candidates/forget', { connection: 'greenhouse', candidateId }),
    )
    expect(asNumber).toMatchObject({ status: 200, body: { erased: { deliveries: 1 } } })
  })

  test('whoever an ignored webhook told of just before they are erased is not kept', async () => {
    const { greenhouse, hook } = world
    const [gone, kept] = [addCandidate(world), addCandidate(world)]
    const ignore = async (applicationId: number) =>
      await greenhouse.sendWebhook(hook('greenhouse'), greenhouse.move(applicationId, 'Offer'))
    expect(await ignore(gone.applicationId)).toMatchObject({ status: 200, body: { status: 'ignored' } })
    const event = greenhouse.anonymise(gone.candidateId)
    await untilTaken(() => greenhouse.sendWebhook(hook('greenhouse'), event))
    await ignore(kept.applicationId)
    await until(async () => (await inStore([String(kept.applicationId)])).length > 0)
    expect(await inStore([String(gone.candidateId), String(gone.applicationId)])).toEqual([])
  })

  test('an erasure is not acknowledged while a write is under way', async () => {
    const { vendor, greenhouse, api, hook } = world
    const { candidateId, applicationId, email } = addCandidate(world)
    vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 10_000 })
    const id = await moveIn(world, applicationId)
    await until(() => vendor.interviews().some((interview) => interview.email === email))
    const event = greenhouse.anonymise(candidateId)
    const send = async () => await greenhouse.sendWebhook(hook('greenhouse'), event)
    expect(await send()).toMatchObject({ status: 503, body: { status: 'unavailable' } })
    expect(await api.settled(id)).toMatchObject(gone)
    expect(await untilTaken(send)).toMatchObject({ status: 200, body: { status: 'erased' } })
    expect(greenhouse.notesOf(applicationId)).toEqual([])
  })

  test('an erasure during a note whose answer is lost is carried out with the end of that call', async () => {
    const { greenhouse, api } = world
    const { candidateId, applicationId } = addCandidate(world)
    greenhouse.fault({ kind: 'delay-reply', operation: 'create-note', delayMs: 4_000 })
    greenhouse.fault({ kind: 'drop-reply', operation: 'create-note' })
    const id = await moveIn(world, applicationId)
    await until(() => greenhouse.notesOf(applicationId).length > 0)
    const forget = { connection: 'greenhouse', candidateId: String(candidateId) }
    expect(await untilTaken(() => api.post('/api/candidates/forget', forget))).toMatchObject({ status: 200 })
    const { timeline, ...record } = await api.delivery(id)
    expect(record).toMatchObject(gone)
    expect(timeline.at(-1)).toMatchObject({ step: 'write-back', outcome: 'failed', reason: 'anonymized' })
  })

  test('while a delivery is in a slow call all else of the person is erased, and it is said what to do', async () => {
    const { greenhouse, api } = world
    const { candidateId, applicationId } = addCandidate(world)
    const first = await api.settled(await moveIn(world, applicationId))
    const second = greenhouse.addCandidate({ firstName: '', lastName: '', job: 'Engineer', candidateId })
    const notes = () => greenhouse.notesOf(second.applicationId).length
    greenhouse.fault({ kind: 'delay-reply', operation: 'create-note', delayMs: 10_000 })
    const id = await moveIn(world, second.applicationId)
    await until(() => notes() > 0)
    const body = { connection: 'greenhouse', candidateId: String(candidateId) }
    const forget = async () =>
      await until(async () => {
        const answer = await api.post('/api/candidates/forget', body)
        return (answer.body as { error?: { code: string } }).error?.code !== 'unavailable' && answer
      })
    const stillAtWork = { status: 503, body: { error: { code: 'still-at-work' } } }
    expect(await forget()).toMatchObject(stillAtWork)
    expect(await api.delivery(first.id)).toMatchObject({ applicationId: 'erased', candidateId: 'erased' })
    expect(await api.delivery(id)).toMatchObject({ state: 'running', candidateId: String(candidateId) })
    // Said again at once it is no more acknowledged than before.
    expect(await forget()).toMatchObject(stillAtWork)
    expect(await api.settled(id)).toMatchObject(gone)
    expect(await forget()).toMatchObject({ status: 200, body: { erased: { deliveries: 0 } } })
    await noneInStore([String(candidateId), String(applicationId), String(second.applicationId)])
  })

  test('a person found anonymised without any webhook is not kept either', async () => {
    const { greenhouse, api } = world
    const { candidateId, applicationId } = addCandidate(world)
    await api.settled(await moveIn(world, applicationId))
    greenhouse.anonymise(candidateId)
    const later = await moveIn(world, applicationId)
    const record = await api.settled(later)
    expect(record).toMatchObject(gone)
    expect(record.timeline.map(({ step, outcome }) => `${step}: ${outcome}`)).toContain('load: anonymized')
  })

  test('of two candidates made one, the survivor has one link, whoever it was given to', async () => {
    const { greenhouse, vendor, api, hook } = world
    const [gone, kept] = [addCandidate(world), addCandidate(world)]
    const first = await api.settled(await moveIn(world, gone.applicationId))
    const merged = greenhouse.merge(gone.candidateId, kept.candidateId)
    expect(await greenhouse.sendWebhook(hook('greenhouse'), merged)).toMatchObject({ status: 200 })
    expect(await api.delivery(first.id)).toMatchObject({ candidateId: String(kept.candidateId), state: 'delivered' })
    await noneInStore([String(gone.candidateId)])

    // The survivor's own application, under another address: the same interview.
    const second = await api.settled(await moveIn(world, kept.applicationId))
    expect(second).toMatchObject({ state: 'delivered', reason: 'written', interviewLink: first.interviewLink })
    expect(greenhouse.fieldOf(kept.applicationId, SANDBOX_FIELD)).toBe(first.interviewLink)
    expect(vendor.interviews().filter(({ email }) => [gone.email, kept.email].includes(email))).toHaveLength(1)
    // The application that came along, once more into the stage.
    const again = await api.settled(await moveIn(world, gone.applicationId))
    expect(again).toMatchObject({ state: 'delivered', reason: 'already-written' })
    expect(greenhouse.notesOf(gone.applicationId)).toHaveLength(1)
  })

  test.each([
    ['load', 'greenhouse', 'list-applications'],
    ['interview', 'vendor', 'create'],
    ['write-back', 'greenhouse', 'create-note'],
  ] as const)(
    'a delivery goes on when its candidate becomes another one during the %s',
    async (_step, where, operation) => {
      const { greenhouse, vendor, api, hook } = world
      const [gone, kept] = [addCandidate(world), addCandidate(world)]
      const calls = () => world[where].calls.filter((call) => call.operation === operation).length
      const before = calls()
      world[where].fault({ kind: 'delay-reply', operation, delayMs: 400 })
      const id = await moveIn(world, gone.applicationId)
      await until(() => calls() > before)
      await greenhouse.sendWebhook(hook('greenhouse'), greenhouse.merge(gone.candidateId, kept.candidateId))
      const end = await api.settled(id)
      expect(end).toMatchObject({ state: 'delivered', reason: 'written' })
      expect(greenhouse.notesOf(gone.applicationId)).toHaveLength(1)
      const second = await api.settled(await moveIn(world, kept.applicationId))
      expect(second).toMatchObject({ state: 'delivered', interviewLink: end.interviewLink })
      expect(vendor.interviews().filter(({ email }) => [gone.email, kept.email].includes(email))).toHaveLength(1)
    },
  )

  test('somebody deleted just before their note does not end as a refusal, though the ATS tells of it late', async () => {
    const { greenhouse, vendor, api } = world
    // Somebody else is still there: an ATS that shows nobody at all has rather lost our permission.
    addCandidate(world)
    const { candidateId, applicationId, email } = addCandidate(world)
    vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 400 })
    const id = await moveIn(world, applicationId)
    await until(() => vendor.interviews().some((interview) => interview.email === email))
    greenhouse.remove(candidateId)
    expect(await api.settled(id)).toMatchObject({ state: 'lapsed', reason: 'gone' })
  })

  test('somebody merged just before their note gets it, and no second interview, though the ATS tells of it late', async () => {
    const { greenhouse, vendor, api, hook } = world
    const [gone, kept] = [addCandidate(world), addCandidate(world)]
    const theirs = () => vendor.interviews().filter(({ email }) => [gone.email, kept.email].includes(email))
    vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 400 })
    const id = await moveIn(world, gone.applicationId)
    await until(() => theirs().length > 0)
    const merged = greenhouse.merge(gone.candidateId, kept.candidateId)
    const end = await api.settled(id)
    expect(end).toMatchObject({ state: 'delivered', reason: 'written', interviewLink: theirs()[0]?.interviewLink })
    await greenhouse.sendWebhook(hook('greenhouse'), merged)
    const second = await api.settled(await moveIn(world, kept.applicationId))
    expect(second).toMatchObject({ state: 'delivered', interviewLink: end.interviewLink })
    expect(theirs()).toHaveLength(1)
  })
})
