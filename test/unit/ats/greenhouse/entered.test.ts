import { afterEach, beforeEach, expect, it } from 'vitest'
import { greenhouse } from '../../../../src/ats/greenhouse/index.ts'
import type { StageEntry } from '../../../../src/domain/stage-change.ts'
import { atsTools } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import { expectToken, greenhouseSubject } from '../../../support/greenhouse-subject.ts'

const SINCE = Date.parse('2026-11-22T00:00:00Z')
const ENTERED = '2026-11-23T09:00:00.000Z'

let fake: FakeHttp
beforeEach(async () => {
  fake = await FakeHttp.start()
  expectToken(fake)
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})

async function entered(): Promise<StageEntry[]> {
  const adapter = greenhouse.create(greenhouseSubject.settings(fake.baseUrl), atsTools())
  const told: StageEntry[] = []
  for await (const entry of adapter.entered(SINCE, ['AI Interview'], new AbortController().signal)) told.push(entry)
  return told
}
const expectStages = (stages: readonly object[]) => fake.expect('GET /v3/job_interview_stages', { json: stages })
const stage = (id: number, name = 'AI Interview') => ({ id, job_id: 1, name, active: true })
const row = (id: number, given: object = {}) => ({
  id,
  application_id: 700_000 + id,
  job_interview_stage_id: 9,
  entered_at: ENTERED,
  current: true,
  ...given,
})
const application = (id: number, given: object = {}) => ({
  id: 700_000 + id,
  candidate_id: 800_000 + id,
  job_id: 5,
  status: 'in_process',
  ...given,
})

it('asks for no applications where no job has the stage', async () => {
  expectStages([stage(9, 'Offer')])
  expect(await entered()).toEqual([])
})

it('asks for at most 50 stages a call', async () => {
  expectStages(Array.from({ length: 120 }, (_, n) => stage(1_000 + n)))
  fake.expect('GET /v3/application_stages', { json: [] }, 3)
  await entered()
  const asked = fake.seen('GET /v3/application_stages').map(({ query }) => query.get('job_interview_stage_ids'))
  expect(asked.map((ids) => ids?.split(',').length)).toEqual([50, 50, 20])
  expect(fake.seen('GET /v3/application_stages').every(({ query }) => query.get('current') === 'true')).toBe(true)
})

it('goes by the cursor alone, and never to another host', async () => {
  expectStages([stage(9)])
  fake.expect('GET /v3/application_stages', {
    json: [],
    headers: { link: '<https://elsewhere.example.com/v3/application_stages?cursor=abc>; rel="next"' },
  })
  fake.expect('GET /v3/application_stages', { json: [], headers: { link: '' } })
  await entered()
  expect(fake.seen('GET /v3/application_stages')[1]?.query.toString()).toBe('cursor=abc')
})

it('passes over rows without a time, of other times, and those that are not as documented', async () => {
  expectStages([stage(9), { id: 8 }])
  fake.expect('GET /v3/application_stages', {
    json: [
      row(1),
      row(2, { entered_at: null }),
      row(3, { entered_at: '2026-11-21T23:59:59Z' }),
      row(4, { entered_at: 'soon' }),
      row(5, { application_id: null }),
    ],
  })
  fake.expect('GET /v3/applications', { json: [application(1)] })
  fake.expect('GET /v3/jobs', { json: [{ id: 5, name: 'Designer' }] })
  expect(await entered()).toEqual([
    {
      applicationId: '700001',
      candidateId: '800001',
      stageId: '9',
      stageName: 'AI Interview',
      jobId: '5',
      jobName: 'Designer',
      mark: ENTERED,
      enteredAt: Date.parse(ENTERED),
    },
  ])
})

it('leaves out whose application is over, a prospect’s or hidden, and keeps a word it does not know', async () => {
  expectStages([stage(9)])
  fake.expect('GET /v3/application_stages', { json: [1, 2, 3, 4, 5, 6].map((id) => row(id)) })
  fake.expect('GET /v3/applications', {
    json: [
      application(1, { status: 'rejected' }),
      application(2, { status: 'hired' }),
      application(3, { status: 'converted' }),
      application(4, { prospect: true }),
      application(6, { status: 'on_hold', job_id: null }),
    ],
  })
  fake.expect('GET /v3/jobs', { json: [] })
  expect((await entered()).map(({ applicationId }) => applicationId)).toEqual(['700006'])
})
