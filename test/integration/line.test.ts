import { describe, expect, inject, test } from 'vitest'
import { SANDBOX_FIELD, SANDBOX_STAGE, SANDBOX_TAG } from '../../src/sandbox/settings.ts'
import { moveInAtLever } from '../support/people.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { deliveryIds, expectQueued } from '../support/sent.ts'
import { untilTaken } from '../support/until-taken.ts'
import { useWorld } from '../support/use-world.ts'

const stores: readonly (readonly [string, () => Promise<PrivateStore>])[] = [
  ['Redis', privateRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
  ['the embedded store', privateFolder],
]

describe.each(stores)('the line on %s', (_name, openPrivate) => {
  const world = useWorld({}, openPrivate)

  test('puts the link of a Greenhouse candidate into a private note and the field', async () => {
    const { greenhouse, vendor, api, hook } = world
    const { candidateId, applicationId } = greenhouse.addCandidate({
      firstName: 'Amara',
      lastName: 'Quillfeather',
      email: 'Amara.Quillfeather@example.com',
      job: 'Designer',
    })
    const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
    const sent = await untilTaken(() => greenhouse.sendWebhook(hook('greenhouse'), payload))
    expect(sent).toMatchObject({ status: 200 })
    expectQueued(1, [sent])
    const [id = ''] = deliveryIds(sent)
    const delivery = await api.settled(id)
    const interview = vendor.interviews().find(({ email }) => email === 'amara.quillfeather@example.com')

    expect(delivery).toMatchObject({
      state: 'delivered',
      reason: 'written',
      ats: 'greenhouse',
      applicationId: String(applicationId),
      candidateId: String(candidateId),
      jobName: 'Designer',
      stageName: SANDBOX_STAGE,
      interviewLink: interview?.interviewLink,
      interviewId: interview?.id,
      attempts: 1,
    })
    expect(delivery.timeline.map(({ step, outcome }) => `${step}: ${outcome}`)).toEqual(
      expect.arrayContaining(['load: active', 'interview: created', 'write-back: note written', 'write-back: written']),
    )
    expect(interview?.metadata).toEqual({
      ats: 'greenhouse',
      connection: 'greenhouse',
      externalCandidateId: String(candidateId),
      externalApplicationId: String(applicationId),
      externalJobId: expect.any(String),
      deliveryId: id,
    })
    const notes = greenhouse.notesOf(applicationId)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({ visibility: 'privately_visible', user_id: 4080 })
    expect(String(notes[0]?.['body']).split('\n')).toContain(interview?.interviewLink)
    expect(greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(interview?.interviewLink)
  })

  test('puts the link of a Lever opportunity into a note, the links and a tag', async () => {
    const { lever, vendor, api } = world
    const { opportunityId, contactId } = lever.addOpportunity({
      name: 'Bjarne Østerlund',
      email: 'bjarne.osterlund@example.com',
      posting: 'Engineer',
    })
    const delivery = await api.settled(await moveInAtLever(world, opportunityId))
    const interview = vendor.interviews().find(({ email }) => email === 'bjarne.osterlund@example.com')

    expect(delivery).toMatchObject({
      state: 'delivered',
      reason: 'written',
      applicationId: opportunityId,
      candidateId: contactId,
      jobName: 'Engineer',
      interviewLink: interview?.interviewLink,
    })
    expect(lever.noteTextsOf(opportunityId)).toHaveLength(1)
    expect(lever.noteTextsOf(opportunityId)[0]?.split('\n')).toContain(interview?.interviewLink)
    expect(lever.linksOf(opportunityId)).toContain(interview?.interviewLink)
    expect(lever.tagsOf(opportunityId)).toContain(SANDBOX_TAG)
  })

  test('answers a resent webhook with duplicate and delivers once', async () => {
    const { greenhouse, api, hook } = world
    const { applicationId } = greenhouse.addCandidate({
      firstName: 'Chidi',
      lastName: 'Marlowe',
      email: 'chidi@example.com',
      job: 'Designer',
    })
    const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
    const send = async () => await untilTaken(() => greenhouse.sendWebhook(hook('greenhouse'), payload))
    const answers = await Promise.all(Array.from({ length: 10 }, send))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expectQueued(1, answers)
    expect(new Set(answers.flatMap(deliveryIds)).size).toBe(1)

    await api.settled(deliveryIds(answers[0])[0] ?? '')
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(await send()).toMatchObject({ status: 200, body: { status: 'duplicate' } })
  })

  test('makes no call that an outside system does not know', () => {
    const { greenhouse, lever, vendor } = world
    expect([greenhouse, lever, vendor].flatMap((one) => one.unexpected())).toEqual([])
  })
})
