import { describe, expect, test } from 'vitest'
import { atsInspectors } from '../../../src/ats/inspectors.ts'
import { PermanentError, RetryableError } from '../../../src/domain/errors.ts'
import { type GreenhouseSandbox, startGreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'
import { type LeverSandbox, startLeverSandbox } from '../../../src/sandbox/lever.ts'
import { atsTools } from '../../support/ats-tools.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'
import { collect } from '../../support/collect.ts'
import { FakeHttp } from '../../support/fake-http.ts'

const cleanUp = cleanUpAfterEach()

async function greenhouse(options: Parameters<typeof startGreenhouseSandbox>[0] = {}): Promise<GreenhouseSandbox> {
  const sandbox = await startGreenhouseSandbox(options)
  cleanUp(() => sandbox.close())
  return sandbox
}

async function lever(options: Parameters<typeof startLeverSandbox>[0] = {}): Promise<LeverSandbox> {
  const sandbox = await startLeverSandbox(options)
  cleanUp(() => sandbox.close())
  return sandbox
}

function inspectGreenhouse({ url, credential }: GreenhouseSandbox, differences: object = {}) {
  const { clientId, clientSecret } = credential
  const settings = { webhookSecrets: ['s'], clientId, clientSecret, baseUrl: url, authUrl: url, ...differences }
  return atsInspectors.greenhouse(settings, atsTools())
}

function inspectLever({ url, apiKey }: Pick<LeverSandbox, 'url' | 'apiKey'>, differences: object = {}) {
  return atsInspectors.lever({ signingTokens: ['t'], apiKey, baseUrl: url, ...differences }, atsTools())
}

const missing = (permissions: readonly { name: string; state: string }[]) =>
  permissions.filter(({ state }) => state === 'missing').map(({ name }) => name)

describe('a look at Greenhouse', () => {
  test('takes a 403 on the cheapest call for a token that is taken', async () => {
    const sandbox = await greenhouse()
    expect(await inspectGreenhouse(sandbox, { userId: 4080 }).signIn()).toMatchObject({
      says: 'signed in as user 4080',
    })
    expect(sandbox.calls.at(-1)).toMatchObject({ operation: 'list-user-roles', status: 403 })
  })

  test('tells the limit and the clock where the call is allowed', async () => {
    const standard = { clientId: 'client-1', clientSecret: 'secret' }
    const sandbox = await greenhouse({ credentials: [{ ...standard, scopes: ['harvest:user_roles:list'] }] })
    const { says, theirNow } = await inspectGreenhouse(sandbox).signIn()
    expect(says).toBe('signed in; limit 150 calls per 30 s')
    expect(theirNow).toBeTypeOf('number')
  })

  test('says of a wrong secret that the credentials are refused', async () => {
    const refused = inspectGreenhouse(await greenhouse(), { clientSecret: 'wrong' }).signIn()
    await expect(refused).rejects.toMatchObject({ name: RetryableError.name, reason: 'ats-refusing-key' })
  })

  test('names each permission that is missing, and changes nothing', async () => {
    const standard = { clientId: 'client-1', clientSecret: 'secret' }
    const sandbox = await greenhouse({ credentials: [{ ...standard, scopes: ['harvest:applications:list'] }] })
    const permissions = await inspectGreenhouse(sandbox).permissions(true)
    expect(missing(permissions)).toEqual([
      'harvest:candidates:list',
      'harvest:jobs:list',
      'harvest:job_interview_stages:list',
      'harvest:application_stages:list',
      'harvest:notes:list',
      'harvest:attachments:list',
    ])
    expect(permissions.filter(({ state }) => state === 'untried').map(({ name }) => name)).toEqual([
      'harvest:notes:create',
    ])
    expect(sandbox.calls.some(({ committed }) => committed)).toBe(false)
  })

  test('lists the stages of some jobs, and the fields a link fits into', async () => {
    const sandbox = await greenhouse()
    const designer = sandbox.addJob('Designer', ['Review', 'AI Interview'])
    sandbox.addJob('Engineer', ['Review'])
    sandbox.addCustomField({ on: 'application', key: 'seniority', type: 'single_select' })
    const inspector = inspectGreenhouse(sandbox)
    const stages = await collect(inspector.stages([String(designer.jobId)]))
    expect(stages.map(({ name }) => name).sort()).toEqual(['AI Interview', 'Review'])
    const fields = await collect(inspector.fields?.() ?? [])
    expect(fields.find(({ key }) => key === 'seniority')?.takesLink).toBe(false)
    expect(fields.find(({ key, on }) => key === 'ai_interview_link' && on === 'application')?.takesLink).toBe(true)
  })
})

describe('a look at Lever', () => {
  test('says of a wrong key that the credentials are refused', async () => {
    const refused = inspectLever(await lever(), { apiKey: 'wrong' }).signIn()
    await expect(refused).rejects.toMatchObject({ name: RetryableError.name, reason: 'ats-refusing-key' })
  })

  test('names each permission that is missing; what can be tried on nobody stays untried', async () => {
    const sandbox = await lever({
      keys: [{ key: 'k', permissions: ['stages:read:admin', 'opportunities:read:admin'] }],
    })
    const inspector = inspectLever(sandbox, { performAs: 'recruiting@example.com' })
    const permissions = await inspector.permissions(false)
    expect(missing(permissions)).toEqual(['postings:read', 'contacts:read', 'applications:read', 'users:read'])
    expect(permissions.find(({ name }) => name === 'notes:read')?.state).toBe('untried')
  })

  test('cannot tell what expanding shows where there is no opportunity', async () => {
    const permissions = await inspectLever(await lever()).permissions(false)
    const untried = permissions.filter(({ state }) => state === 'untried').map(({ name }) => name)
    expect(untried).toEqual(['contacts:read', 'applications:read', 'notes:read', 'notes:write'])
  })

  test.each([
    ['by its id alone', { contact: 'c-1', applications: ['a-1'] }, 'missing', 'missing'],
    ['in full', { contact: { id: 'c-1' }, applications: [{ id: 'a-1' }] }, 'granted', 'granted'],
    ['in full, an application not at all', { contact: { id: 'c-1' }, applications: [] }, 'granted', 'untried'],
  ])('judges by what expanding shows: a contact %s', async (_title, shown, contacts, applications) => {
    const fake = await FakeHttp.start()
    cleanUp(() => fake.close())
    const page = { data: [{ id: 'o-1', ...shown }] }
    fake.expect('GET /v1/opportunities', { json: page }, 6)
    for (const list of ['stages', 'postings']) fake.expect(`GET /v1/${list}`, { json: { data: [] } })
    fake.expect('GET /v1/opportunities/o-1/notes', { json: { data: [] } })
    const permissions = await inspectLever({ url: fake.baseUrl, apiKey: 'k' }).permissions(false)
    const stateOf = (wanted: string) => permissions.find(({ name }) => name === wanted)?.state
    expect([stateOf('contacts:read'), stateOf('applications:read')]).toEqual([contacts, applications])
    fake.assertDone()
  })

  test('tries notes on an opportunity where there is one', async () => {
    const sandbox = await lever({
      keys: [{ key: 'k', permissions: ['stages:read:admin', 'opportunities:read:admin'] }],
    })
    sandbox.addOpportunity({ name: 'Amara Quillfeather', email: 'amara@example.com', posting: 'Designer' })
    expect(missing(await inspectLever(sandbox).permissions(false))).toContain('notes:read')
  })

  test('tells whether the author is a user, and which webhooks there are', async () => {
    const sandbox = await lever()
    expect(await inspectLever(sandbox, { performAs: sandbox.userEmail }).authorExists?.()).toBe(true)
    const inspector = inspectLever(sandbox, { performAs: 'nobody@example.com' })
    expect(await inspector.authorExists?.()).toBe(false)
    expect(await inspector.webhooks?.()).toEqual([])
  })

  test('fails with the status where the ATS forbids a list', async () => {
    const sandbox = await lever({ keys: [{ key: 'k', permissions: [] }] })
    const listed = collect(inspectLever(sandbox).stages())
    await expect(listed).rejects.toMatchObject({ name: PermanentError.name, status: 403 })
  })
})
