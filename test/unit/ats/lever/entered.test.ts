import { afterEach, beforeEach, expect, it } from 'vitest'
import { lever } from '../../../../src/ats/lever/index.ts'
import type { StageEntry } from '../../../../src/domain/stage-change.ts'
import { atsTools } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import { leverSubject } from '../../../support/lever-subject.ts'

const SINCE = 1_795_000_000_000
const list = 'GET /v1/opportunities'

let fake: FakeHttp
beforeEach(async () => {
  fake = await FakeHttp.start()
  fake.expect('GET /v1/stages', {
    json: {
      data: [
        { id: 'stage-1', text: 'AI Interview' },
        { id: 'offer', text: 'Offer' },
      ],
    },
  })
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})

async function entered(): Promise<StageEntry[]> {
  const adapter = lever.create(leverSubject.settings(fake.baseUrl), atsTools())
  const told: StageEntry[] = []
  for await (const entry of adapter.entered(SINCE, ['AI Interview'], new AbortController().signal)) told.push(entry)
  return told
}
const row = (id: string, given: object = {}) => ({
  id,
  contact: `contact-${id}`,
  stage: 'stage-1',
  stageChanges: [
    { toStageId: 'stage-1', updatedAt: SINCE + 1 },
    { toStageId: 'offer', updatedAt: SINCE + 2 },
    { toStageId: 'stage-1', updatedAt: SINCE + 3 },
  ],
  archived: null,
  applications: [{ posting: 'posting-1' }],
  ...given,
})

it('asks for those who are in the stage, confidential ones among them', async () => {
  fake.expect(list, { json: { data: [row('one'), row('two', { contact: { id: 'c-2' }, applications: [] })] } })
  const entry = { stageId: 'stage-1', stageName: 'AI Interview', mark: String(SINCE + 3), enteredAt: SINCE + 3 }
  expect(await entered()).toEqual([
    { applicationId: 'one', candidateId: 'contact-one', jobId: 'posting-1', ...entry },
    { applicationId: 'two', candidateId: 'c-2', ...entry },
  ])
  expect([...(fake.seen(list)[0]?.query ?? [])]).toEqual([
    ['stage_id', 'stage-1'],
    ['advanced_at_start', String(SINCE)],
    ['archived', 'false'],
    ['expand', 'applications'],
    ['confidentiality', 'all'],
    ['limit', '100'],
  ])
})

it.each([400, 403])('asks without confidential ones where the key is refused them with %i', async (status) => {
  fake.expect(list, { status, json: {} })
  fake.expect(list, { json: { data: [row('one')] } })
  expect(await entered()).toHaveLength(1)
  expect(fake.seen(list).map(({ query }) => query.get('confidentiality'))).toEqual(['all', null])
})

it('passes over who entered before, who is archived or erased, and rows that are not as documented', async () => {
  const before = { stageChanges: [{ toStageId: 'stage-1', updatedAt: SINCE - 1 }] }
  const data = [
    row('before', before),
    row('elsewhere', { stage: 'offer' }),
    row('archived', { archived: { reason: 'x', archivedAt: SINCE } }),
    row('archived-of-old', { archived: undefined, archivedAt: SINCE }),
    row('erased', { isAnonymized: true }),
    row('no-history', { stageChanges: null }),
    row('../odd'),
    'text',
    row('good'),
  ]
  fake.expect(list, { json: { data } })
  expect((await entered()).map(({ applicationId }) => applicationId)).toEqual(['good'])
})
