import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RawWebhook } from '../../src/ats/adapter.ts'
import type { AtsSubject } from './ats-subjects.ts'
import type { FakeAnswer, FakeHttp } from './fake-http.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/greenhouse/${name}`, import.meta.url), 'utf8')
const fixtureJson = (name: string) => JSON.parse(fixture(name)) as Record<string, unknown>

/** Signs a body as Greenhouse does. */
export function signGreenhouse(body: string | Buffer, secret: string): RawWebhook {
  const digest = createHmac('sha256', secret).update(body).digest('hex')
  return { headers: { signature: `sha256 ${digest}` }, body: Buffer.from(body) }
}

export const harvestApplication = (given: Record<string, unknown> = {}) => ({
  ...fixtureJson('api.application.json'),
  ...given,
})
export const harvestCandidate = (given: Record<string, unknown> = {}) => ({
  ...fixtureJson('api.candidate.json'),
  ...given,
})
export const harvestJob = (given: Record<string, unknown> = {}) => ({ ...fixtureJson('api.job.json'), ...given })
export const greenhouseWebhook = (name: string) => fixture(`webhook.${name}.json`)

export const expectToken = (fake: FakeHttp, value = 'token-1') =>
  fake.expect('POST /token', { json: { token_type: 'Bearer', access_token: value, expires_in: 3600 } })

/** Expects the reads of one load. */
export function expectHarvest(
  fake: FakeHttp,
  given: { application?: Record<string, unknown>; candidate?: Record<string, unknown> | null } = {},
): void {
  expectToken(fake)
  fake.expect('GET /v3/applications', { json: [harvestApplication(given.application)] })
  fake.expect('GET /v3/candidates', { json: given.candidate === null ? [] : [harvestCandidate(given.candidate)] })
  fake.expect('GET /v3/jobs', { json: [harvestJob()] })
}

const secrets = ['greenhouse-secret-1', 'greenhouse-secret-2'] as const

export const greenhouseSubject: AtsSubject = {
  secrets,
  settings: (baseUrl) => ({
    webhookSecrets: [...secrets],
    clientId: 'client-1',
    clientSecret: 'client-secret-1',
    userId: '4080',
    baseUrl,
    authUrl: baseUrl,
    writeBack: [
      { note: { visibility: 'private' } },
      { customField: { on: 'application', key: 'ai_interview_link' } },
      { customField: { on: 'candidate', key: 'last_interview_link' } },
    ],
  }),
  webhook: (secret) => signGreenhouse(greenhouseWebhook('stage-change'), secret),
  withSignature: ({ headers, body }, signature) => ({
    headers: signature === undefined ? {} : { ...headers, signature: `sha256 ${signature}` },
    body,
  }),
  tampered: ({ headers, body }) => ({ headers, body: Buffer.from(body.toString().replace('700001', '700002')) }),
  escaped: (secret) =>
    signGreenhouse(
      greenhouseWebhook('stage-change').replace('"Designer"', '"R\\u0026D \\u003cDesigner\\u003e"'),
      secret,
    ),
  stageChange: {
    applicationId: '700001',
    candidateId: '800001',
    stageId: '90001',
    stageName: 'AI Interview',
    jobId: '6409476002',
    jobName: 'Designer',
    mark: '2026-11-20T09:00:00.000Z',
  },
  application: { id: '700001', candidateId: '800001', name: 'Robin Sample', email: 'robin.sample@example.com' },
  arrangeActive: (fake) => expectHarvest(fake),
  lapses: [
    {
      title: 'an application that is not listed, while others are, is gone',
      lapsed: 'gone',
      isReadable: false,
      arrange: (fake) => {
        expectToken(fake)
        fake.expect(
          'GET /v3/applications',
          ({ query }) => ({ json: query.has('ids') ? [] : [harvestApplication({ id: 1 })] }),
          2,
        )
      },
    },
    {
      title: 'a rejected application lapses, readable',
      lapsed: 'rejected',
      isReadable: true,
      arrange: (fake) => expectHarvest(fake, { application: { status: 'rejected' } }),
    },
    {
      title: 'an erased person lapses',
      lapsed: 'anonymized',
      isReadable: false,
      arrange: (fake) => expectHarvest(fake, { candidate: { first_name: 'Anonymized', last_name: '800001' } }),
    },
    {
      title: 'a person who must not be mailed lapses',
      lapsed: 'contact-forbidden',
      isReadable: true,
      arrange: (fake) => expectHarvest(fake, { candidate: { can_email: false } }),
    },
    {
      title: 'a person without a usable address lapses',
      lapsed: 'no-email',
      isReadable: false,
      arrange: (fake) =>
        expectHarvest(fake, { candidate: { email_addresses: [{ value: 'robin at example', type: 'personal' }] } }),
    },
    {
      title: 'a person without a name lapses',
      lapsed: 'no-name',
      isReadable: false,
      arrange: (fake) => expectHarvest(fake, { candidate: { first_name: ' ', last_name: null, preferred_name: null } }),
    },
  ],
  arrangeFailingRead: (fake, answer) => {
    expectToken(fake)
    fake.expect('GET /v3/applications', answer)
  },
  arrangeRefusedKey: (fake) => {
    const refused: FakeAnswer = {
      status: 401,
      json: { message: 'Unauthorized', errors: ['Token could not be decoded.'] },
    }
    expectToken(fake, 'token-1')
    expectToken(fake, 'token-2')
    fake.expect('GET /v3/applications', refused, 2)
  },
  arrangeBeforeRead: (fake) => expectToken(fake),
  arrangeBeforeWrite: (fake) => expectToken(fake),
  writes: {
    note: { line: 'POST /v3/notes', holdsLink: true },
    'customField:application:ai_interview_link': { line: 'PATCH /v3/applications/700001', holdsLink: true },
    'customField:candidate:last_interview_link': { line: 'PATCH /v3/candidates/800001', holdsLink: true },
  },
  noteList: {
    line: 'GET /v3/notes',
    answer: (texts) => ({
      json: texts.map((body, at) => ({ id: 100 - at, body, application_id: 700_001, type: 'NOTE' })),
    }),
  },
  noteTextOf: (body) => (JSON.parse(body) as { body: string }).body,
}
