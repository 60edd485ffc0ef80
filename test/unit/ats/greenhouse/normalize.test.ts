import { expect, it } from 'vitest'
import { normalizeGreenhouse } from '../../../../src/ats/greenhouse/normalize.ts'
import { verifyGreenhouse } from '../../../../src/ats/greenhouse/verify.ts'
import { NotJsonError } from '../../../../src/domain/errors.ts'
import { greenhouseWebhook, signGreenhouse } from '../../../support/greenhouse-subject.ts'

const normalize = (body: string) => normalizeGreenhouse(verifyGreenhouse(signGreenhouse(body, 's'), ['s']))

/** The stage change with its application changed. */
function changed(change: Record<string, unknown>): string {
  const webhook = JSON.parse(greenhouseWebhook('stage-change')) as { payload: { application: object } }
  const application = { ...webhook.payload.application, ...change }
  return JSON.stringify({ ...webhook, payload: { application } })
}

it('ignores a ping', () => {
  expect(normalize(greenhouseWebhook('ping'))).toEqual({ ignored: 'ping' })
})

it('ignores another event, with the application it is about', () => {
  expect(normalize(greenhouseWebhook('rejection'))).toEqual({ ignored: 'other-event', applicationId: '700001' })
  expect(normalize('{"action":"offer_created","payload":{"id":1}}')).toEqual({ ignored: 'other-event' })
})

it.each([
  ['candidate_anonymized', { candidate_id: 6_409_476_002, anonymized_fields: ['full_name'] }, {}],
  ['delete_candidate', { person: { id: 6_409_476_002, deleted_application_ids: [7] } }, {}],
  ['merge_candidate', { person: { id: 6_409_476_002, new_candidate_id: 8 } }, { mergedInto: '8' }],
])('gives the erasure that %s tells of, and is not misled by one not as documented', (action, payload, more) => {
  const erased = { erased: { candidateId: '6409476002' }, ...more }
  expect(normalize(JSON.stringify({ action, payload }))).toEqual(erased)
  expect(normalize(JSON.stringify({ action, payload: { candidate: payload } }))).toEqual({ ignored: 'malformed' })
})

it('ignores a prospect, and whoever is in no stage', () => {
  expect(normalize(greenhouseWebhook('prospect'))).toEqual({
    ignored: 'prospect',
    applicationId: '700003',
    candidateId: '800003',
  })
  expect(normalize(changed({ current_stage: null }))).toMatchObject({ ignored: 'prospect' })
  expect(normalize(changed({ prospect: true }))).toMatchObject({ ignored: 'prospect' })
})

it.each([{ candidate: null }, { candidate: { first_name: 'Robin' } }])(
  'ignores as malformed what names no candidate: %j',
  (change) => {
    expect(normalize(changed(change))).toEqual({ ignored: 'malformed', applicationId: '700001' })
  },
)

it.each([
  { current_stage: { name: 'AI Interview' } },
  { current_stage: { id: -1, name: 'x' } },
  { jobs: 'Designer' },
  { jobs: [{ id: 1.5 }] },
])('ignores as malformed what is signed but not as documented, with the ids it can read: %j', (change) => {
  expect(normalize(changed(change))).toEqual({
    ignored: 'malformed',
    applicationId: '700001',
    candidateId: '800001',
  })
})

it.each([
  '[]',
  'null',
  '{}',
  '{"action":7}',
  '{"action":"candidate_stage_change"}',
  `{"action":"ping","x":${'['.repeat(70)}${']'.repeat(70)}}`,
])('never throws: %j is malformed', (body) => {
  expect(normalize(body)).toEqual({ ignored: 'malformed' })
})

it('says of a signed body that it is no JSON', () => {
  expect(() => normalize('not JSON')).toThrow(NotJsonError)
})

it('takes ids beyond 32 bits and ids as texts, and refuses those a number cannot hold exactly', () => {
  expect(normalize(changed({ id: 6_409_476_002_111 }))).toMatchObject({ applicationId: '6409476002111' })
  expect(normalize(changed({ id: '123' }))).toMatchObject({ applicationId: '123' })
  const tooLarge = changed({}).replace('"id":700001', '"id":90071992547409931')
  expect(normalize(tooLarge)).toEqual({ ignored: 'malformed' })
})

it('does without a job, a name of the stage, and whatever older payloads lack', () => {
  const bare = { jobs: [], current_stage: { id: 5 }, prospect: undefined, custom_fields: undefined }
  expect(normalize(changed(bare))).toEqual({
    applicationId: '700001',
    candidateId: '800001',
    stageId: '5',
    mark: '2026-11-20T09:00:00.000Z',
  })
})

it('takes the first job', () => {
  const jobs = [
    { id: 1, name: 'First' },
    { id: 2, name: 'Second' },
  ]
  expect(normalize(changed({ jobs }))).toMatchObject({ jobId: '1', jobName: 'First' })
})

it('marks a change by the last activity, else by the time of applying', () => {
  expect(normalize(changed({ last_activity_at: null }))).toMatchObject({ mark: '2026-11-01T08:00:00.000Z' })
  expect(normalize(changed({ last_activity_at: null, applied_at: undefined }))).toMatchObject({ mark: '' })
})
