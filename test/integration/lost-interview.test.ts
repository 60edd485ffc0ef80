import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { personKey, subjectOf } from '../../src/ledger/person-key.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { VendorSettings } from '../../src/sandbox/interviewflow.ts'
import { openStore } from '../../src/store/open-store.ts'
import { aClock } from '../support/clock.ts'
import { addCandidate, freshEmail, moveIn } from '../support/people.ts'
import { until } from '../support/until.ts'
import { useWorld } from '../support/use-world.ts'

const usual: Partial<VendorSettings> = { readBack: 'list', readBackLinks: true, duplicateStatus: 409 }

describe('an interview whose link did not reach us', () => {
  const world = useWorld({ overrides: aClock().overrides })

  beforeAll(async () => {
    // From an answer that does come the form of the links is learned.
    await world.api.settled(await moveIn(world, addCandidate(world).applicationId))
  })
  afterEach(() => {
    world.vendor.clearFaults()
    world.vendor.configure(usual)
  })

  const interviewsOf = (email: string) => world.vendor.interviews().filter((interview) => interview.email === email)
  const createsFor = (email: string) =>
    world.vendor.calls.filter(
      ({ operation, requestBody }) => operation === 'create' && (requestBody as { email: string }).email === email,
    )
  const loseReply = (kind: Fault['kind'] = 'drop-reply') => world.vendor.fault({ kind, operation: 'create' })

  test.each<readonly [string, Partial<VendorSettings>]>([
    ['as a list', { readBack: 'list', readBackLinks: true }],
    ['wrapped', { readBack: 'wrapped', readBackLinks: true }],
    ['without links', { readBack: 'list', readBackLinks: false }],
    ['wrapped and without links', { readBack: 'wrapped', readBackLinks: false }],
  ])('is read back %s, not created again', async (_shape, shape) => {
    world.vendor.configure(shape)
    loseReply()
    const { applicationId, email } = addCandidate(world)
    const delivery = await world.api.settled(await moveIn(world, applicationId))
    const [interview, ...others] = interviewsOf(email)
    expect(others).toEqual([])
    expect(createsFor(email)).toHaveLength(1)
    expect(delivery).toMatchObject({ state: 'delivered', reason: 'written', attempts: 2 })
    expect(delivery.interviewLink).toBe(interview?.interviewLink)
    expect(delivery.timeline.map(({ outcome }) => outcome)).toContain('read-back')
    expect(String(world.greenhouse.notesOf(applicationId)[0]?.['body'])).toContain(interview?.interviewLink)
  })

  test.each<Fault['kind']>(['error-reply', 'garbage-reply', 'missing-link'])(
    'is read back after the answer %s as well',
    async (kind) => {
      loseReply(kind)
      const { applicationId, email } = addCandidate(world)
      expect(await world.api.settled(await moveIn(world, applicationId))).toMatchObject({ state: 'delivered' })
      expect(interviewsOf(email)).toHaveLength(1)
      expect(createsFor(email)).toHaveLength(1)
    },
  )

  test.each([409, 400, 422] as const)(
    'is read back when somebody else made it and the refusal is %i',
    async (status) => {
      world.vendor.configure({ duplicateStatus: status })
      const { applicationId, email } = addCandidate(world)
      const interviewer = world.settings.routes[0]?.interviewer ?? ''
      const made = world.vendor.addInterview({ interviewer, name: 'Amara Quillfeather', email })
      const delivery = await world.api.settled(await moveIn(world, applicationId))
      expect(delivery).toMatchObject({ state: 'delivered', interviewLink: made.interviewLink })
      expect(interviewsOf(email)).toHaveLength(1)
    },
  )

  test('is waited for when another process has it and is about to store it', async () => {
    const { vendor, settings, greenhouse } = world
    vendor.configure({ readBack: 'off' })
    const interviewer = settings.routes[0]?.interviewer ?? ''
    const { applicationId, candidateId, email } = addCandidate(world)
    const { id, interviewLink: link } = vendor.addInterview({ interviewer, name: 'Amara Quillfeather', email })
    const other = await openStore(world.settings.store)
    const hashKey = await other.ledger.hashKey()
    const ids = { applicationId: String(applicationId), candidateId: String(candidateId) }
    const whose = subjectOf(hashKey, { connection: 'greenhouse', ...ids })
    const of = { person: personKey(hashKey, interviewer, email), interviewer }
    const interview = { interviewId: id, link, createdAt: Date.now() }
    const delivery = await moveIn(world, applicationId)
    await until(() => createsFor(email).some(({ status }) => status === 409))
    await other.ledger.keepInterview(whose, of, interview)
    await other.close()
    expect(await world.api.settled(delivery)).toMatchObject({ state: 'delivered', attempts: 1, interviewLink: link })
    expect(String(greenhouse.notesOf(applicationId)[0]?.['body'])).toContain(link)
  })

  test('is left to a person while it cannot be read back, and never made twice', async () => {
    world.vendor.configure({ readBack: 'off' })
    loseReply()
    const { applicationId, email } = addCandidate(world)
    const id = await moveIn(world, applicationId)
    const dead = { state: 'dead', reason: 'interview-exists-link-unknown', interviewLink: null }
    expect(await world.api.settled(id)).toMatchObject(dead)
    expect(world.greenhouse.notesOf(applicationId)).toEqual([])
    await world.api.post(`/api/deliveries/${id}/replay`)
    expect(await world.api.settled(id)).toMatchObject(dead)
    expect(interviewsOf(email)).toHaveLength(1)
    expect(createsFor(email).filter(({ committed }) => committed)).toHaveLength(1)

    world.vendor.configure(usual)
    await world.api.post(`/api/deliveries/${id}/replay`)
    expect(await world.api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })
    expect(interviewsOf(email)).toHaveLength(1)
  })

  test('is never taken from another person with a similar address', async () => {
    const interviewer = world.settings.routes[0]?.interviewer ?? ''
    const email = freshEmail()
    const similar = world.vendor.addInterview({ interviewer, name: 'Amara Quillfeather', email: `x${email}` })
    world.vendor.fault({ kind: 'drop-request', operation: 'create' })
    const { applicationId } = addCandidate(world, { email })
    const delivery = await world.api.settled(await moveIn(world, applicationId))
    expect(delivery).toMatchObject({ state: 'delivered' })
    expect(delivery.interviewLink).not.toBe(similar.interviewLink)
    expect(createsFor(email)).toHaveLength(2)
  })

  test('is shown to nobody when its link is on a foreign host', async () => {
    loseReply('foreign-link')
    const { applicationId } = addCandidate(world)
    const delivery = await world.api.settled(await moveIn(world, applicationId))
    expect(delivery).toMatchObject({ state: 'dead', reason: 'vendor-answer-unusable', interviewLink: null })
    expect(world.greenhouse.notesOf(applicationId)).toEqual([])
    expect(world.logged.join('')).not.toContain('interviews.example.net')
  })
})
