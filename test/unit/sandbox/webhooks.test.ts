import { afterEach, describe, expect, test } from 'vitest'
import { startGreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'
import { startLeverSandbox } from '../../../src/sandbox/lever.ts'
import { person } from '../../../src/sandbox/people.ts'
import { receiver } from './http.ts'

const open: { close(): unknown }[] = []
const keep = <T extends { close(): unknown }>(server: T): T => {
  open.push(server)
  return server
}
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

describe('a stage change in the Greenhouse sandbox', () => {
  test('is told with the application as it is after the move', async () => {
    const sandbox = keep(await startGreenhouseSandbox())
    const { jobId, stageIds } = sandbox.addJob('Designer')
    const given = { ...person(0), job: 'Designer', resume: 'cv.pdf' }
    const { applicationId, candidateId } = sandbox.addCandidate(given)
    const { action, payload } = sandbox.move(applicationId, 'AI Interview')
    expect(action).toBe('candidate_stage_change')
    expect(payload['application']).toMatchObject({
      id: applicationId,
      status: 'active',
      prospect: false,
      current_stage: { id: stageIds['AI Interview'], name: 'AI Interview' },
      candidate: {
        id: candidateId,
        email_addresses: [{ value: given.email, type: 'personal' }],
        can_email: true,
        attachments: [{ filename: 'cv.pdf', type: 'resume' }],
      },
      jobs: [{ id: jobId, name: 'Designer' }],
    })
  })

  test('has all the fields of the documented example', async () => {
    const sandbox = keep(await startGreenhouseSandbox())
    const { applicationId } = sandbox.addCandidate({ ...person(0), job: 'Designer' })
    const application = sandbox.move(applicationId, 'AI Interview').payload['application'] as Record<string, object>
    const documented =
      'id rejected_at prospect status applied_at last_activity_at url source credited_to rejection_reason ' +
      'rejection_details current_stage custom_fields candidate jobs'
    const ofCandidate =
      'id first_name last_name title company created_at external_id photo_url url is_private can_email phone_numbers ' +
      'email_addresses addresses website_addresses social_media_addresses educations employments recruiter ' +
      'coordinator attachments tags custom_fields'
    expect(Object.keys(application)).toEqual(documented.split(' '))
    expect(Object.keys(application['candidate'] ?? {})).toEqual(ofCandidate.split(' '))
  })

  test('moves the time of last activity, also within one millisecond', async () => {
    const sandbox = keep(await startGreenhouseSandbox({ now: () => 1_790_000_000_000 }))
    const { applicationId } = sandbox.addCandidate({ ...person(0), job: 'Designer' })
    const activity = (stage: string) =>
      (sandbox.move(applicationId, stage).payload['application'] as { last_activity_at: string }).last_activity_at
    const [first, second] = [activity('AI Interview'), activity('AI Interview')]
    expect(first < second).toBe(true)
  })

  test('of a prospect names neither stage nor job', async () => {
    const sandbox = keep(await startGreenhouseSandbox())
    const { applicationId } = sandbox.addCandidate({ ...person(0), job: null })
    const { payload } = sandbox.payloadOf(applicationId, 'new_prospect_application')
    expect(payload['application']).toMatchObject({ prospect: true, current_stage: null, jobs: [] })
  })
})

describe('sending a webhook', () => {
  test('of Greenhouse goes on with the same bytes until the answer is exactly 200', async () => {
    const sandbox = keep(await startGreenhouseSandbox())
    const target = keep(await receiver(503, 202, 200))
    const sent = await sandbox.sendWebhook(target.url, sandbox.ping(target.url), { resendAfterMs: [1, 1, 1, 1] })
    expect(sent).toEqual({ status: 200, body: { status: 'queued' }, attempts: 3, accepted: true })
    const [first, , third] = target.received
    expect(third?.body).toEqual(first?.body)
    expect(third?.headers['greenhouse-event-id']).toBe(first?.headers['greenhouse-event-id'])
  })

  test('of Lever is accepted with any 2xx and not with a redirect', async () => {
    const sandbox = keep(await startLeverSandbox())
    const target = keep(await receiver(302, 204))
    const sent = await sandbox.sendWebhook(target.url, sandbox.connectionTest(), { resendAfterMs: [1] })
    expect(sent).toMatchObject({ status: 204, attempts: 2, accepted: true })
  })

  test('is tried once unless told otherwise, and says so when nobody answers', async () => {
    const sandbox = keep(await startLeverSandbox())
    const sent = await sandbox.sendWebhook('http://127.0.0.1:9/', sandbox.connectionTest())
    expect(sent).toEqual({ attempts: 1, accepted: false })
  })
})
