import { afterEach, beforeEach, expect, it } from 'vitest'
import { greenhouse } from '../../../../src/ats/greenhouse/index.ts'
import { greenhouseSettings } from '../../../../src/ats/greenhouse/settings.ts'
import { atsTools, stillOurs } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import { expectToken, greenhouseSubject } from '../../../support/greenhouse-subject.ts'

const link = 'https://app.interviewflowai.com/form?interviewId=1'
const interview = { interviewId: '1', link, createdAt: 0 }
const application = {
  ...greenhouseSubject.application,
  jobName: 'Designer',
  stageId: '90001',
  stageName: 'AI Interview',
  standing: {} as Record<string, string>,
}
const field = 'customField:application:ai_interview_link'

let fake: FakeHttp
beforeEach(async () => {
  fake = await FakeHttp.start()
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})

function target(name: string) {
  const { targets } = greenhouse.create(greenhouseSubject.settings(fake.baseUrl), atsTools())
  const found = targets.find((each) => each.name === name)
  if (!found) throw new Error(`no target ${name}`)
  return found
}

it('the note names candidate, application, author and who may read it', async () => {
  expectToken(fake)
  fake.expect('POST /v3/notes', { status: 201, json: {} })
  await target('note').write(application, interview, stillOurs)
  expect(JSON.parse(fake.seen('POST /v3/notes')[0]?.body ?? '')).toEqual({
    candidate_id: 800_001,
    application_id: 700_001,
    body: expect.stringContaining(link),
    visibility: 'private',
    note_type: 'NOTE',
    user_id: 4080,
  })
})

it('notes are read page by page, newest first, by the cursor alone and never at another host', async () => {
  expectToken(fake)
  const next = '<https://elsewhere.example.com/v3/notes?cursor=abc%3D>; rel="next"'
  fake.expect('GET /v3/notes', { json: [{ body: 'x' }], headers: { link: next } })
  fake.expect('GET /v3/notes', { json: [{ body: `\n${link}\n`, application_id: null }], headers: { link: '' } })
  expect(await target('note').isWritten?.(application, link)).toBe(true)
  const [first, second] = fake.seen('GET /v3/notes')
  expect(first?.query.get('candidate_ids')).toBe('800001')
  expect([...(second?.query ?? [])]).toEqual([['cursor', 'abc=']])
})

it('the look through the notes ends', async () => {
  expectToken(fake)
  const next = '<https://harvest.example.com/v3/notes?cursor=more>; rel="next"'
  fake.expect('GET /v3/notes', { json: [], headers: { link: next } }, 10)
  expect(await target('note').isWritten?.(application, link)).toBe(false)
})

it('a note with the same link on another application of the person is not this one’s', async () => {
  expectToken(fake)
  fake.expect('GET /v3/notes', { json: [{ body: link, application_id: 700_009 }] })
  expect(await target('note').isWritten?.(application, link)).toBe(false)
})

it('a field is written by its key, and nothing else is sent', async () => {
  expectToken(fake)
  fake.expect('PATCH /v3/applications/700001', { status: 204 })
  await target(field).write(application, interview, stillOurs)
  expect(JSON.parse(fake.seen('PATCH /v3/applications/700001')[0]?.body ?? '')).toEqual({
    custom_fields: [{ name_key: 'ai_interview_link', value: link }],
  })
})

it.each([404, 422])('a field answered %i is not there', async (status) => {
  expectToken(fake)
  fake.expect('PATCH /v3/applications/700001', { status })
  await expect(target(field).write(application, interview, stillOurs)).rejects.toMatchObject({
    name: 'PermanentError',
    reason: 'field-not-found',
    status,
  })
})

it('an older interview link is replaced', async () => {
  expectToken(fake)
  fake.expect('PATCH /v3/applications/700001', { json: {} })
  const standing = { [field]: 'https://app.interviewflowai.com/form?interviewId=0' }
  expect(await target(field).write({ ...application, standing }, interview, stillOurs)).toBe('written')
})

it.each(['call me', 'https://example.com/mine', 'http://app.interviewflowai.com/form', '{"amount":1}'])(
  'a person’s own entry is left alone: %s',
  async (entry) => {
    expect(await target(field).write({ ...application, standing: { [field]: entry } }, interview, stillOurs)).toBe(
      'left-alone',
    )
  },
)

it('writes a private note where nothing is configured', () => {
  const settings = { webhookSecrets: ['s'], clientId: 'c', clientSecret: 'd' }
  expect(greenhouseSettings.parse(settings)).toMatchObject({
    writeBack: [{ note: { visibility: 'private' } }],
    baseUrl: 'https://harvest.greenhouse.io',
    authUrl: 'https://auth.greenhouse.io',
  })
})

it.each([
  [{ webhookSecrets: [] }],
  [{ webhookSecrets: [''] }],
  [{ userId: 'ada' }],
  [{ writeBack: [] }],
  [{ writeBack: [{}] }],
  [{ writeBack: [{ note: {}, customField: { on: 'application', key: 'k' } }] }],
  [{ writeBack: [{ note: {} }, { note: { visibility: 'public' } }] }],
  [{ writeBack: [{ note: { visibility: 'secret' } }] }],
  [{ writeBack: [{ customField: { on: 'job', key: 'k' } }] }],
])('settings are refused: %j', (change) => {
  const settings = { webhookSecrets: ['s'], clientId: 'c', clientSecret: 'd', ...change }
  expect(greenhouseSettings.safeParse(settings).success).toBe(false)
})
