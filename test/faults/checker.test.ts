import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sandboxInterviewer } from '../../src/sandbox/interviewflow.ts'
import { SANDBOX_FIELD } from '../../src/sandbox/settings.ts'
import { FakeHttp } from '../support/fake-http.ts'
import { type SandboxWorld, startSandboxWorld } from '../support/sandbox-world.ts'
import { check, type Expectation } from './checker.ts'
import { type Applicant, Recruiter, type Told } from './recruiter.ts'
import type { Sender } from './sender.ts'

const QUIET = { queued: 0, running: 0, retrying: 0, delivered: 1, lapsed: 0, dead: 0 }

describe('the checker', () => {
  let sandboxes: SandboxWorld
  let admin: FakeHttp
  let recruiter: Recruiter
  let told: Told

  beforeEach(async () => {
    ;[sandboxes, admin] = await Promise.all([startSandboxWorld(), FakeHttp.start()])
    recruiter = new Recruiter(sandboxes)
    told = recruiter.moveIn(recruiter.add('greenhouse'))
  })
  afterEach(async () => {
    await Promise.all([sandboxes.close(), admin.close()])
  })

  /** What it says of one accepted webhook whose delivery the admin API shows so. */
  const problemsOf = async (shown: object | undefined, counts: object = QUIET, expected: Expectation = {}) => {
    const { applicationId } = told.applicant
    const [receivedAt, updatedAt] = [told.movedAt, Date.now()].map((at) => new Date(at).toISOString())
    const item = { id: 'dlv_1', applicationId, state: 'delivered', reason: 'written', receivedAt, updatedAt, ...shown }
    const page = { items: shown ? [item] : [], nextCursor: null, counts }
    admin.expect('GET /api/deliveries', { json: page }, 1_000)
    const answer = { at: 0, durationMs: 1, status: 200, body: { status: 'queued', deliveries: ['dlv_1'] } }
    const sendings = [{ told, answers: [answer], accepted: true }]
    const sender = { sendings, longest: () => 0 } as unknown as Sender
    const evidence = { sandboxes, applicants: recruiter.applicants, sender, url: admin.baseUrl, faults: 0 }
    return (await check(evidence, { quietWithinMs: 50, ...expected })).problems
  }
  const write = async (applicant: Applicant, link: string) => {
    const { greenhouse } = sandboxes
    const { clientId, clientSecret } = greenhouse.credential
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    const grant = new URLSearchParams({ grant_type: 'client_credentials', sub: '4080' })
    const tokens = await fetch(`${greenhouse.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: grant,
    })
    const { access_token: token } = (await tokens.json()) as { access_token: string }
    const call = async (method: string, path: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      await fetch(`${greenhouse.url}/v3${path}`, { method, headers, body: JSON.stringify(body) })
    }
    const { applicationId, candidateId } = applicant
    const ids = { application_id: Number(applicationId), candidate_id: Number(candidateId) }
    await call('POST', '/notes', { ...ids, body: `Link:\n${link}`, visibility: 'private', note_type: 'NOTE' })
    const fields = [{ name_key: SANDBOX_FIELD, value: link }]
    await call('PATCH', `/applications/${applicationId}`, { custom_fields: fields })
  }
  const anInterview = (email: string) =>
    sandboxes.vendor.addInterview({ interviewer: sandboxInterviewer, name: 'Amara Quillfeather', email }).interviewLink

  test('is content with a link that stands where it belongs', async () => {
    await write(told.applicant, anInterview(told.applicant.email))
    expect(await problemsOf({})).toEqual([])
  })

  test('sees an accepted webhook of which nothing is known', async () => {
    expect(await problemsOf(undefined)).toEqual([
      expect.stringMatching(/^I1 .* accepted and unknown to the admin API$/),
      expect.stringMatching(/^I1 .* in the stage at the end, without a link$/),
    ])
  })

  test('lets a forgetful store forget a delivery, and not the person it was for', async () => {
    const noLink = expect.stringMatching(/^I1 .* in the stage at the end, without a link$/)
    expect(await problemsOf(undefined, QUIET, { forgetful: true })).toEqual([noLink])
    await write(told.applicant, anInterview(told.applicant.email))
    expect(await problemsOf(undefined, QUIET, { forgetful: true })).toEqual([])
  })

  test('sees somebody without a link of whom no webhook told, where everybody counts', async () => {
    await write(told.applicant, anInterview(told.applicant.email))
    recruiter.moveIn(recruiter.add('lever'))
    expect(await problemsOf({})).toEqual([])
    expect(await problemsOf({}, QUIET, { everybody: true })).toEqual([
      expect.stringMatching(/^I1 lever .* in the stage at the end, without a link$/),
    ])
  })

  test('sees a delivery that is said to be delivered and is not', async () => {
    expect(await problemsOf({})).toContainEqual(expect.stringMatching(/^I1 .* but a target is missing$/))
  })

  const lapsed = { state: 'lapsed', reason: 'moved-on' }

  test('sees a lapse that nothing justifies', async () => {
    expect(await problemsOf(lapsed)).toContainEqual(expect.stringMatching(/^I1 .* but nothing had changed$/))
  })

  test('is content with a lapse of somebody who had moved on', async () => {
    recruiter.moveOut(told.applicant)
    expect(await problemsOf(lapsed)).toEqual([])
  })

  test('sees a dead delivery that was not to be expected', async () => {
    const dead = { state: 'dead', reason: 'crashed-repeatedly' }
    expect(await problemsOf(dead)).toContainEqual(expect.stringMatching(/^I1 .* dead: crashed-repeatedly/))
  })

  test('sees what never ends', async () => {
    const counts = { ...QUIET, retrying: 1 }
    expect(await problemsOf({ state: 'retrying', reason: 'ats-unavailable' }, counts)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^I5 not quiet/), expect.stringMatching(/^I1 .* left retrying/)]),
    )
  })

  test('sees a second note', async () => {
    const link = anInterview(told.applicant.email)
    await write(told.applicant, link)
    await write(told.applicant, link)
    expect(await problemsOf({})).toEqual([expect.stringMatching(/^I2 .* 2 notes$/)])
  })

  test('sees a link that is somebody else’s', async () => {
    await write(told.applicant, anInterview('somebody.else@example.com'))
    expect(await problemsOf({})).toContainEqual(expect.stringMatching(/^I3 .* not this person's$/))
  })
})
