import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LeverSandbox, startLeverSandbox } from '../../../src/sandbox/lever.ts'
import { basic, call } from './http.ts'

let now = 1_790_000_000_000
let sandbox: LeverSandbox
let ids: { opportunityId: string; contactId: string }
beforeEach(async () => {
  sandbox = await startLeverSandbox({ now: () => now })
  ids = sandbox.addOpportunity({ name: 'Amara Quillfeather', email: 'amara@example.com', posting: 'Designer' })
})
afterEach(() => sandbox.close())

const api = (path: string, json?: unknown, method?: string) =>
  call(`${sandbox.url}/v1${path}`, {
    headers: basic(sandbox.apiKey),
    ...(json !== undefined && { json }),
    ...(method !== undefined && { method }),
  })
const on = (path: string) => `/opportunities/${ids.opportunityId}/${path}`

describe('a note in the Lever sandbox', () => {
  test('is made with 201, the whole note and its id twice', async () => {
    const { status, body } = await api(on('notes'), { value: 'The link' })
    expect(status).toBe(201)
    expect(body.data).toMatchObject({ text: 'Note', user: null, secret: false, fields: [{ value: 'The link' }] })
    expect(body.data.noteId).toBe(body.data.id)
    const listed = (await api(on('notes'))).body
    expect(listed).toMatchObject({ hasNext: false, data: [{ id: body.data.id, fields: [{ value: 'The link' }] }] })
    expect(sandbox.noteTextsOf(ids.opportunityId)).toEqual(['The link'])
  })

  test('has an author only where the call names one that exists', async () => {
    const [user] = (await api(`/users?email=${sandbox.userEmail}`)).body.data
    expect((await api(on(`notes?perform_as=${user.id}`), { value: 'x' })).body.data.user).toBe(user.id)
    expect((await api(on('notes?perform_as=nobody'), { value: 'x' })).status).toBe(400)
  })

  test.each([
    ['an empty value', { value: ' ' }],
    ['no value', {}],
    ['a field it does not know', { value: 'x', body: 'y' }],
    ['a score out of range', { value: 'x', score: 5 }],
    ['a time to come', { value: 'x', createdAt: 2_000_000_000_000 }],
  ])('is refused with 400 for %s', async (_case, json) => {
    expect((await api(on('notes'), json)).status).toBe(400)
    expect(sandbox.noteTextsOf(ids.opportunityId)).toEqual([])
  })

  test('is missing from lists for as long as the lag is set', async () => {
    sandbox.configure({ noteLagMs: 5000 })
    await api(on('notes'), { value: 'x' })
    expect((await api(on('notes'))).body.data).toEqual([])
    now += 6000
    expect((await api(on('notes'))).body.data).toHaveLength(1)
  })

  test('on an opportunity that is gone is 404', async () => {
    sandbox.remove(ids.opportunityId)
    expect((await api(on('notes'), { value: 'x' })).status).toBe(404)
  })
})

describe('links and tags in the Lever sandbox', () => {
  test('differ: links belong to the person, tags to the one opportunity', async () => {
    const sibling = sandbox.addOpportunity({ name: '', posting: 'Engineer', contactId: ids.contactId })
    const answer = await api(on('addLinks'), { links: ['https://app.example.com/1'] })
    expect(answer.body.data.links).toEqual(['https://app.example.com/1'])
    await api(on('addTags'), { tags: ['ai-interview-sent'] })
    expect(sandbox.linksOf(sibling.opportunityId)).toEqual(['https://app.example.com/1'])
    expect([sandbox.tagsOf(ids.opportunityId), sandbox.tagsOf(sibling.opportunityId)]).toEqual([
      ['ai-interview-sent'],
      [],
    ])
  })

  test.each([
    ['addLinks', { links: 'https://app.example.com/1' }],
    ['addLinks', { links: [] }],
    ['addLinks', { tags: ['x'] }],
    ['addTags', { tags: [''] }],
    ['addTags', { tags: ['x'], secret: true }],
  ])('%s refuses %j with 400', async (path, json) => {
    expect((await api(on(path), json)).status).toBe(400)
  })
})

describe('a webhook subscription in the Lever sandbox', () => {
  const url = 'https://bridge.example.com/webhooks/lever'

  test('shows its signing token once, takes all origins by default, and may be made twice', async () => {
    const { status, body } = await api('/webhooks', { url, event: 'candidateStageChange' })
    expect(status).toBe(201)
    expect(body.data.configuration.signatureToken).toMatch(/^[0-9a-f]{48}$/)
    expect(body.data.configuration.conditions.origins).toHaveLength(6)
    await api('/webhooks', { url, event: 'candidateStageChange' })
    const listed = (await api('/webhooks')).body
    expect(listed.data).toHaveLength(2)
    expect(JSON.stringify(listed)).not.toContain('signatureToken')
    expect(listed).not.toHaveProperty('hasNext')
  })

  test('is deleted with 204, once', async () => {
    const { id } = (await api('/webhooks', { url, event: 'candidateHired' })).body.data
    expect((await api(`/webhooks/${id}`, undefined, 'DELETE')).status).toBe(204)
    expect((await api(`/webhooks/${id}`, undefined, 'DELETE')).status).toBe(404)
  })

  test.each([
    [{ url, event: 'application.created' }],
    [{ url: 'bridge', event: 'candidateHired' }],
    [{ url, event: 'candidateHired', configuration: { origins: ['applied'] } }],
  ])('is refused with 400: %j', async (json) => {
    expect((await api('/webhooks', json)).status).toBe(400)
  })
})

describe('a move in the Lever sandbox', () => {
  test('tells ids only, and a deprecated one that is not the opportunity’s', () => {
    const { event, data } = sandbox.move(ids.opportunityId, 'AI Interview')
    expect(event).toBe('candidateStageChange')
    expect(data).toEqual({
      ...ids,
      postingId: undefined,
      candidateId: expect.any(String),
      toStageId: sandbox.stageId('AI Interview'),
      fromStageId: 'applicant-new',
    })
    expect(data['candidateId']).not.toBe(ids.opportunityId)
  })

  test('to the archive and back tells what was and what is', () => {
    const { data: there } = sandbox.archive(ids.opportunityId)
    const { data: back } = sandbox.unarchive(ids.opportunityId)
    expect([there['fromArchived'], there['toArchived']]).toEqual([null, expect.objectContaining({})])
    expect([back['fromArchived'], back['toArchived']]).toEqual([there['toArchived'], null])
  })
})
