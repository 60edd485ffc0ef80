import { afterEach, beforeEach, expect, it } from 'vitest'
import { greenhouse } from '../../../../src/ats/greenhouse/index.ts'
import { aDelivery, atsTools, stillOurs } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import {
  expectHarvest,
  expectToken,
  greenhouseSubject,
  harvestApplication,
  harvestCandidate,
  harvestJob,
} from '../../../support/greenhouse-subject.ts'

let fake: FakeHttp
beforeEach(async () => {
  fake = await FakeHttp.start()
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})
const adapter = () => greenhouse.create(greenhouseSubject.settings(fake.baseUrl), atsTools())
const load = () => adapter().load(aDelivery())

it.each([
  [
    [
      { value: 'work@example.com', type: 'work' },
      { value: 'home@example.com', type: 'personal' },
    ],
    'home@example.com',
  ],
  [
    [
      { value: 'first@example.com', type: 'other' },
      { value: 'second@example.com', type: 'work' },
    ],
    'first@example.com',
  ],
  [
    [
      { value: 'a b@example.com', type: 'personal' },
      { value: 'work@example.com', type: 'work' },
    ],
    'work@example.com',
  ],
  [[{ value: null, type: null }, { value: ' W@Example.com ' }], 'w@example.com'],
])('of %j it takes %s', async (email_addresses, email) => {
  expectHarvest(fake, { candidate: { email_addresses } })
  expect(await load()).toMatchObject({ email })
})

it.each([
  [{ first_name: ' Robin ', last_name: null }, 'Robin'],
  [{ first_name: '', last_name: 'Sample' }, 'Sample'],
  [{ first_name: null, last_name: ' ', preferred_name: ' Rob ' }, 'Rob'],
])('of %j it makes a name', async (candidate, name) => {
  expectHarvest(fake, { candidate })
  expect(await load()).toMatchObject({ name })
})

it.each([
  ['hired', 'hired'],
  ['converted', 'gone'],
])('an application that is %s lapses as %s', async (status, lapsed) => {
  expectHarvest(fake, { application: { status } })
  expect(await load()).toMatchObject({ lapsed, application: { email: 'robin.sample@example.com' } })
})

it('a rejected application without an address lapses as rejected', async () => {
  expectHarvest(fake, { application: { status: 'rejected' }, candidate: { email_addresses: [] } })
  expect(await load()).toEqual({ lapsed: 'rejected' })
})

it('a candidate who is no longer there makes the application gone', async () => {
  expectHarvest(fake, { candidate: null })
  fake.expect('GET /v3/applications', { json: [] })
  expect(await load()).toEqual({ lapsed: 'gone' })
})

it('a last name Anonymized alone erases nobody', async () => {
  expectHarvest(fake, { candidate: { first_name: 'Anonymized', last_name: 'Sample' } })
  expect(await load()).toMatchObject({ name: 'Anonymized Sample' })
})

it('tries again when no application at all is shown', async () => {
  expectToken(fake)
  fake.expect('GET /v3/applications', { json: [] }, 2)
  await expect(load()).rejects.toMatchObject({ name: 'RetryableError', reason: 'ats-shows-nothing' })
  expect(fake.seen('GET /v3/applications')[1]?.query.get('per_page')).toBe('1')
})

it('does not take the row’s own stage id for the stage of the job', async () => {
  expectHarvest(fake, { application: { job_interview_stage_id: null, stage_id: 90_001 } })
  expect(await load()).toMatchObject({ stageId: '', stageName: 'AI Interview' })
})

it('tells what stands in the configured fields', async () => {
  expectHarvest(fake, {
    application: { custom_fields: { ai_interview_link: { value: 'https://a.example.com' } } },
    candidate: { custom_fields: { last_interview_link: { value: { amount: 1 } }, other: { value: 'x' } } },
  })
  expect(await load()).toMatchObject({
    standing: {
      'customField:application:ai_interview_link': 'https://a.example.com',
      'customField:candidate:last_interview_link': '{"amount":1}',
    },
  })
})

it.each([{ ai_interview_link: { value: '' } }, { ai_interview_link: { value: [] } }, [], null])(
  'nothing stands where the fields are %j',
  async (custom_fields) => {
    expectHarvest(fake, { application: { custom_fields } })
    expect(await load()).toMatchObject({ standing: {} })
  },
)

it('an odd field hides nothing that stands in another', async () => {
  const custom_fields = { notes: null, ai_interview_link: { value: 'call me' } }
  expectHarvest(fake, { application: { custom_fields } })
  expect(await load()).toMatchObject({ standing: { 'customField:application:ai_interview_link': 'call me' } })
})

it.each([null, 'call me', 7])('what stands oddly in our own field is left alone: %j', async (ai_interview_link) => {
  expectHarvest(fake, { application: { custom_fields: { ai_interview_link } } })
  const one = adapter()
  const application = await one.load(aDelivery())
  if ('lapsed' in application) throw new Error(application.lapsed)
  const target = one.targets.find(({ name }) => name === 'customField:application:ai_interview_link')
  const link = 'https://app.interviewflowai.com/form?interviewId=1'
  expect(await target?.write(application, { interviewId: '1', link, createdAt: 0 }, stillOurs)).toBe('left-alone')
})

it('keeps the name that the webhook gave a job which the key may not see', async () => {
  expectToken(fake)
  fake.expect('GET /v3/applications', { json: [harvestApplication()] })
  fake.expect('GET /v3/candidates', { json: [harvestCandidate()] })
  fake.expect('GET /v3/jobs', { json: [] })
  const delivery = aDelivery({ jobId: '6409476002', jobName: 'Secret project' })
  expect(await adapter().load(delivery)).toMatchObject({ jobName: 'Secret project' })
})

it('120 loads at once make 3 calls for applications, 3 for candidates, 1 for their job and 1 for a token', async () => {
  const rowsFor = (make: (id: number) => unknown) => (call: { query: URLSearchParams }) => ({
    json: (call.query.get('ids') ?? '').split(',').map((id) => make(Number(id))),
  })
  expectToken(fake)
  fake.expect(
    'GET /v3/applications',
    rowsFor((id) => harvestApplication({ id, candidate_id: id + 1_000 })),
    3,
  )
  fake.expect(
    'GET /v3/candidates',
    rowsFor((id) => harvestCandidate({ id, last_name: `No ${id}` })),
    3,
  )
  fake.expect('GET /v3/jobs', { json: [harvestJob()] })
  const one = adapter()
  const ids = Array.from({ length: 120 }, (_, at) => at + 1)
  const loaded = await Promise.all(ids.map((id) => one.load(aDelivery({ applicationId: String(id) }))))
  expect(loaded).toEqual(
    ids.map((id) =>
      expect.objectContaining({ id: String(id), candidateId: String(id + 1_000), name: `Robin No ${id + 1_000}` }),
    ),
  )
  expect(fake.seen('GET /v3/applications').every(({ query }) => (query.get('ids') ?? '').split(',').length <= 50)).toBe(
    true,
  )
})

it('one odd row does not keep the others from being read', async () => {
  expectToken(fake)
  fake.expect('GET /v3/applications', { json: [harvestApplication(), { id: 2, status: 'levitating' }] })
  fake.expect('GET /v3/candidates', { json: [harvestCandidate()] })
  fake.expect('GET /v3/jobs', { json: [harvestJob()] })
  const one = adapter()
  const [good, odd] = await Promise.allSettled([one.load(aDelivery()), one.load(aDelivery({ applicationId: '2' }))])
  expect(good).toMatchObject({ value: { id: '700001' } })
  expect(odd).toMatchObject({ reason: { name: 'RetryableError', reason: 'ats-unavailable' } })
})

it.each(['9a3f7c1e-58b2-4d06-8e41-0c2f7b6d5a19', 'dlv_1a2b3c', '1'.repeat(17), ''])(
  'an id that none of its applications could have, %j, is gone without a call that others share',
  async (applicationId) => {
    expect(await adapter().load(aDelivery({ applicationId }))).toEqual({ lapsed: 'gone' })
  },
)
