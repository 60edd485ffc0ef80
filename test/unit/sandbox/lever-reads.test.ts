import { afterEach, describe, expect, test } from 'vitest'
import { type LeverOptions, type LeverSandbox, startLeverSandbox } from '../../../src/sandbox/lever.ts'
import { basic, call } from './http.ts'

let sandbox: LeverSandbox
const start = async (options?: LeverOptions) => {
  sandbox = await startLeverSandbox(options)
}
afterEach(() => sandbox.close())

const api = (path: string, key = 'sandbox-lever-key') => call(`${sandbox.url}/v1${path}`, { headers: basic(key) })
const amara = { name: 'Amara Quillfeather', email: 'amara@example.com', posting: 'Designer' }
const idsIn = async (path: string) => (await api(path)).body.data.map(({ id }: { id: string }) => id)

describe('a key of the Lever sandbox', () => {
  test('is the user of Basic credentials with an empty password', async () => {
    await start()
    const refused = { code: 'UnauthorizedError', message: 'The request requires authentication.' }
    for (const headers of [{}, basic('wrong'), basic('sandbox-lever-key', 'x'), { authorization: 'Bearer x' }]) {
      const answer = await call(`${sandbox.url}/v1/stages`, { headers })
      expect([answer.status, answer.body]).toEqual([401, refused])
    }
    expect((await api('/stages')).status).toBe(200)
  })

  test('reaches only what it is permitted, and may read what it may write', async () => {
    await start({ keys: [{ key: 'k', permissions: ['opportunities:write:admin'] }] })
    expect((await api('/opportunities', 'k')).status).toBe(200)
    const refused = await api('/stages', 'k')
    expect([refused.status, Object.keys(refused.body)]).toEqual([403, ['code', 'message']])
  })

  test('has a bucket of its own, and no word of how long to wait', async () => {
    let now = 0
    await start({ now: () => now, settings: { rateLimit: { perSecond: 10, burst: 2 } } })
    await api('/stages')
    await api('/stages')
    const over = await api('/stages')
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, null])
    now = 100
    expect((await api('/stages')).status).toBe(200)
    expect((await api('/stages')).status).toBe(429)
  })
})

describe('an opportunity of the Lever sandbox', () => {
  test('names everything by id until it is asked to expand, one parameter each', async () => {
    await start()
    const { opportunityId, contactId, postingId } = sandbox.addOpportunity({ ...amara, stage: 'AI Interview' })
    const plain = (await api(`/opportunities/${opportunityId}`)).body.data
    const stage = sandbox.stageId('AI Interview')
    expect(plain).toMatchObject({ id: opportunityId, contact: contactId, stage, emails: ['amara@example.com'] })
    expect(plain.applications).toEqual([expect.any(String)])
    const full = (await api(`/opportunities/${opportunityId}?expand=applications&expand=contact&expand=stage`)).body
      .data
    expect(full.stage).toEqual({ id: stage, text: 'AI Interview' })
    expect(full.contact).toMatchObject({ id: contactId, emails: ['amara@example.com'] })
    expect(full.applications).toMatchObject([{ type: 'user', posting: postingId, name: null, email: null }])
  })

  test('shows nothing but what is included and expanded', async () => {
    await start()
    const { opportunityId } = sandbox.addOpportunity(amara)
    const { data } = (await api(`/opportunities/${opportunityId}?include=name&expand=stage`)).body
    expect(Object.keys(data).toSorted()).toEqual(['name', 'stage'])
  })

  test('has no application where it has no posting', async () => {
    await start()
    const { opportunityId } = sandbox.addOpportunity({ name: 'Lead', posting: null })
    expect((await api(`/opportunities/${opportunityId}`)).body.data).toMatchObject({ applications: [], emails: [] })
  })

  test('keeps its stage changes, and archiving moves its time of advance too', async () => {
    await start()
    const { opportunityId } = sandbox.addOpportunity(amara)
    sandbox.move(opportunityId, 'AI Interview')
    const get = async () => (await api(`/opportunities/${opportunityId}`)).body.data
    const moved = await get()
    expect(moved.stageChanges.map(({ toStageId }: { toStageId: string }) => toStageId)).toEqual([
      'applicant-new',
      sandbox.stageId('AI Interview'),
    ])
    expect(moved.lastAdvancedAt).toBe(moved.stageChanges[1].updatedAt)
    sandbox.archive(opportunityId)
    const archived = await get()
    expect(archived.lastAdvancedAt).toBe(archived.archived.archivedAt)
  })

  test('that is gone, or a path that never was, is 404 with the documented body', async () => {
    await start()
    const { opportunityId } = sandbox.addOpportunity(amara)
    sandbox.remove(opportunityId)
    const gone = await api(`/opportunities/${opportunityId}`)
    expect([gone.status, gone.body]).toEqual([
      404,
      { code: 'ResourceNotFound', message: `opportunities ${opportunityId} was not found` },
    ])
    const nowhere = await api('/openapi.json')
    expect([nowhere.status, nowhere.body]).toEqual([
      404,
      { code: 'ResourceNotFound', message: '/v1/openapi.json does not exist' },
    ])
    expect(sandbox.unexpected()).toHaveLength(1)
  })

  test('that is confidential is shown only to a key with that access', async () => {
    await start({ keys: [{ key: 'plain' }, { key: 'cleared', seesConfidential: true }] })
    const { opportunityId } = sandbox.addOpportunity({ ...amara, confidential: true })
    expect((await api(`/opportunities/${opportunityId}`, 'plain')).status).toBe(403)
    expect((await api(`/opportunities/${opportunityId}`, 'cleared')).status).toBe(200)
    const count = async (query: string, key: string) => (await api(`/opportunities${query}`, key)).body.data.length
    expect(await count('', 'cleared')).toBe(0)
    expect(await count('?confidentiality=all', 'cleared')).toBe(1)
    expect(await count('?confidentiality=all', 'plain')).toBe(0)
  })

  test('says when the person must not be contacted, and when the personal data is gone', async () => {
    await start()
    const { opportunityId, contactId } = sandbox.addOpportunity({ ...amara, contactAllowed: false })
    sandbox.anonymise(contactId)
    const { data } = (await api(`/opportunities/${opportunityId}`)).body
    expect(data).toMatchObject({ dataProtection: { contact: { allowed: false } }, isAnonymized: true, emails: [] })
  })
})

describe('a list of the Lever sandbox', () => {
  test('is paged by tokens that are sent back as they came', async () => {
    await start()
    const ids = [1, 2, 3].map((number) => sandbox.addOpportunity({ ...amara, name: `${number}` }).opportunityId)
    const first = (await api('/opportunities?limit=2')).body
    expect([first.hasNext, first.next.startsWith('%5B1%2C')]).toEqual([true, true])
    const second = (await api(`/opportunities?${new URLSearchParams({ limit: '2', offset: first.next })}`)).body
    expect(second).not.toHaveProperty('next')
    const seen = [...first.data, ...second.data].map(({ id }: { id: string }) => id)
    expect(seen).toEqual(ids.toReversed())
    const decoded = await api(`/opportunities?limit=2&offset=${first.next}`)
    expect([decoded.status, decoded.body.message]).toEqual([400, 'Invalid offset token'])
  })

  test.each([
    '/opportunities?limit=101',
    '/opportunities?limit=0',
    '/opportunities?colour=red',
    '/opportunities?email=amara',
    '/opportunities?archived=maybe',
    '/opportunities?advanced_at_start=2026-01-01',
    '/opportunities?expand=applications,contact',
    '/opportunities?confidentiality=some',
    '/stages?expand=stage',
  ])('refuses %s with 400', async (path) => {
    await start()
    sandbox.addOpportunity(amara)
    expect((await api(path)).status).toBe(400)
  })

  test('of opportunities is filtered by stage, archive and time of advance', async () => {
    await start()
    const { opportunityId: one } = sandbox.addOpportunity(amara)
    const { opportunityId: two } = sandbox.addOpportunity({ ...amara, stage: 'AI Interview' })
    const stage = sandbox.stageId('AI Interview')
    expect(await idsIn(`/opportunities?stage_id=${stage}`)).toEqual([two])
    expect(await idsIn(`/opportunities?stage_id=${stage}&stage_id=applicant-new`)).toEqual([two, one])
    sandbox.archive(one)
    expect(await idsIn('/opportunities?archived=false')).toEqual([two])
    const { lastAdvancedAt } = (await api(`/opportunities/${one}`)).body.data
    expect(await idsIn(`/opportunities?advanced_at_start=${lastAdvancedAt}`)).toEqual([one])
  })

  test('of stages mixes slugs and UUIDs; of users is found by the exact address', async () => {
    await start()
    expect(await idsIn('/stages')).toContain('lead-new')
    const stage = sandbox.stageId('AI Interview')
    expect((await api(`/stages/${stage}`)).body.data).toEqual({ id: stage, text: 'AI Interview' })
    expect(await idsIn(`/users?email=${sandbox.userEmail}`)).toHaveLength(1)
    expect(await idsIn(`/users?email=${sandbox.userEmail.toUpperCase()}`)).toEqual([])
  })

  test('of resumes is empty, or leads to a file that needs credentials', async () => {
    await start()
    const without = sandbox.addOpportunity(amara).opportunityId
    expect(await idsIn(`/opportunities/${without}/resumes`)).toEqual([])
    const { opportunityId } = sandbox.addOpportunity({ ...amara, resume: 'cv.pdf' })
    const [resume] = (await api(`/opportunities/${opportunityId}/resumes`)).body.data
    expect(resume.file).toMatchObject({ name: 'cv.pdf', ext: 'pdf', status: 'processed' })
    const path = `/opportunities/${opportunityId}/resumes/${resume.id}/download`
    expect((await api(path)).text.slice(0, 5)).toBe('%PDF-')
    expect((await call(`${sandbox.url}/v1${path}`)).status).toBe(401)
  })

  test('holds a resume that could not be processed, whose download is 422', async () => {
    await start()
    const { opportunityId } = sandbox.addOpportunity({ ...amara, resume: 'cv.pdf', resumeStatus: 'error' })
    const [resume] = (await api(`/opportunities/${opportunityId}/resumes`)).body.data
    expect((await api(`/opportunities/${opportunityId}/resumes/${resume.id}/download`)).status).toBe(422)
  })
})
