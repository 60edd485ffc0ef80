import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RawWebhook } from '../../src/ats/adapter.ts'
import type { AtsSubject } from './ats-subjects.ts'
import type { FakeHttp } from './fake-http.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/lever/${name}`, import.meta.url), 'utf8')

/** Fills a webhook's signature in and gives the bytes. */
export function signLever(webhook: Record<string, unknown>, signingToken: string): RawWebhook {
  const message = `${webhook['token']}${webhook['triggeredAt']}`
  const signature = createHmac('sha256', signingToken).update(message).digest('hex')
  return { headers: {}, body: Buffer.from(JSON.stringify({ ...webhook, signature })) }
}

export const leverWebhook = (name: string) => JSON.parse(fixture(`webhook.${name}.json`)) as Record<string, unknown>

/** An opportunity as `GET` answers it with everything expanded. */
export const opportunity = (given: Record<string, unknown> = {}) => ({
  data: { ...(JSON.parse(fixture('api.opportunity.json')) as { data: Record<string, unknown> }).data, ...given },
})

export const contactOf = (given: Record<string, unknown> = {}) => ({
  contact: { ...(opportunity().data as Record<string, Record<string, unknown>>)['contact'], ...given },
})

const id = 'aaaa1111-0000-4000-8000-000000000001'
const posting = 'cccc3333-0000-4000-8000-000000000001'

export const opportunityLine = `GET /v1/opportunities/${id}`
export const postingLine = `GET /v1/postings/${posting}`

/** Expects the reads of one load; the posting only where the load gets so far. */
export function expectOpportunity(fake: FakeHttp, given: Record<string, unknown> = {}, readsPosting = true): void {
  fake.expect(opportunityLine, { json: opportunity(given) })
  if (readsPosting) fake.expect(postingLine, { json: JSON.parse(fixture('api.posting.json')) as unknown })
}

const secrets = ['lever-signing-token-1', 'lever-signing-token-2'] as const

/** Changes fields of a body that is not signed as a whole: only `token` and `triggeredAt` are. */
const changed = ({ headers, body }: RawWebhook, change: Record<string, unknown>): RawWebhook => ({
  headers,
  body: Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...change })),
})

export const leverSubject: AtsSubject = {
  secrets,
  settings: (baseUrl) => ({
    signingTokens: [...secrets],
    apiKey: 'lever-key-1',
    performAs: 'recruiting@example.com',
    baseUrl,
    writeBack: [{ note: {} }, { link: {} }, { tag: { name: 'ai-interview-sent' } }],
  }),
  webhook: (secret) => signLever(leverWebhook('stage-change'), secret),
  withSignature: (webhook, signature) => changed(webhook, { signature }),
  tampered: (webhook) => changed(webhook, { triggeredAt: 1_795_000_000_001 }),
  escaped: (secret) => {
    const signed = signLever({ ...leverWebhook('stage-change'), token: 'r&d<é>' }, secret)
    return { ...signed, body: Buffer.from(signed.body.toString().replace('r&d<é>', 'r\\u0026d\\u003c\\u00e9\\u003e')) }
  },
  stageChange: {
    applicationId: id,
    candidateId: 'bbbb2222-0000-4000-8000-000000000001',
    stageId: 'dddd4444-0000-4000-8000-000000000001',
    mark: '1795000000000',
  },
  application: {
    id,
    candidateId: 'bbbb2222-0000-4000-8000-000000000001',
    name: 'Robin Sample',
    email: 'robin.sample@example.com',
  },
  arrangeActive: (fake) => expectOpportunity(fake),
  lapses: [
    {
      title: 'an opportunity that is not found is gone',
      lapsed: 'gone',
      isReadable: false,
      arrange: (fake) =>
        fake.expect(opportunityLine, { status: 404, json: { code: 'ResourceNotFound', message: 'not found' } }),
    },
    {
      title: 'an archived opportunity lapses, readable',
      lapsed: 'archived',
      isReadable: true,
      arrange: (fake) => expectOpportunity(fake, { archived: { reason: 'eeee', archivedAt: 1_795_000_000_000 } }),
    },
    {
      title: 'an opportunity archived in the older form lapses, readable',
      lapsed: 'archived',
      isReadable: true,
      arrange: (fake) => expectOpportunity(fake, { archived: undefined, archivedAt: 1_795_000_000_000 }),
    },
    {
      title: 'an erased person lapses',
      lapsed: 'anonymized',
      isReadable: false,
      arrange: (fake) => expectOpportunity(fake, { isAnonymized: true }, false),
    },
    {
      title: 'a person who must not be contacted lapses',
      lapsed: 'contact-forbidden',
      isReadable: true,
      arrange: (fake) => expectOpportunity(fake, { dataProtection: { contact: { allowed: false, expiresAt: null } } }),
    },
    {
      title: 'a person who allows no interview analysis lapses',
      lapsed: 'contact-forbidden',
      isReadable: true,
      arrange: (fake) =>
        expectOpportunity(fake, contactOf({ dataProtection: { interviewIntelligence: { allowed: false } } })),
    },
    {
      title: 'a person without a usable address lapses',
      lapsed: 'no-email',
      isReadable: false,
      arrange: (fake) => expectOpportunity(fake, { emails: [], ...contactOf({ emails: [] }) }, false),
    },
    {
      title: 'a person without a name lapses',
      lapsed: 'no-name',
      isReadable: false,
      arrange: (fake) => expectOpportunity(fake, { name: '', ...contactOf({ name: ' ' }) }, false),
    },
  ],
  arrangeFailingRead: (fake, answer) => fake.expect(opportunityLine, answer),
  arrangeRefusedKey: (fake) =>
    fake.expect(opportunityLine, { status: 401, json: { code: 'UnauthorizedError', message: 'authentication' } }),
  stageRead: 'GET /v1/stages',
  arrangeBeforeRead: () => undefined,
  arrangeBeforeWrite: (fake) =>
    fake.expect('GET /v1/users', {
      json: { data: [{ id: 'user-1', email: 'recruiting@example.com' }], hasNext: false },
    }),
  writes: {
    note: { line: `POST /v1/opportunities/${id}/notes`, holdsLink: true },
    link: { line: `POST /v1/opportunities/${id}/addLinks`, holdsLink: true },
    'tag:ai-interview-sent': { line: `POST /v1/opportunities/${id}/addTags`, holdsLink: false },
  },
  noteList: {
    line: `GET /v1/opportunities/${id}/notes`,
    answer: (texts) => ({
      json: {
        data: texts.map((value, at) => ({ id: `note-${at}`, fields: [{ type: 'note', value }] })),
        hasNext: false,
      },
    }),
  },
  noteTextOf: (body) => (JSON.parse(body) as { value: string }).value,
}
