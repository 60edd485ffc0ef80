import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lever } from '../../../../src/ats/lever/index.ts'
import { leverSettings } from '../../../../src/ats/lever/settings.ts'
import { aDelivery, atsTools, stillOurs } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import {
  contactOf,
  expectOpportunity,
  leverSubject,
  opportunity,
  opportunityLine,
  postingLine,
} from '../../../support/lever-subject.ts'

const link = 'https://app.interviewflowai.com/form?interviewId=1'
const interview = { interviewId: '1', link, createdAt: 0 }
const application = {
  ...leverSubject.application,
  stageId: 's',
  stageName: 'AI Interview',
  standing: {} as Record<string, string>,
}
const notesLine = leverSubject.noteList.line

let fake: FakeHttp
beforeEach(async () => {
  fake = await FakeHttp.start()
})
afterEach(async () => {
  await fake.close()
  fake.assertDone()
})

const adapter = (change: Record<string, unknown> = {}) =>
  lever.create({ ...(leverSubject.settings(fake.baseUrl) as object), ...change }, atsTools())
const load = (one = adapter()) => one.load(aDelivery({ ats: 'lever', applicationId: leverSubject.application.id }))
function target(name: string, one = adapter()) {
  const found = one.targets.find((each) => each.name === name)
  if (!found) throw new Error(`no target ${name}`)
  return found
}

describe('load', () => {
  it('asks for everything at once, with the key as user name', async () => {
    expectOpportunity(fake)
    await load()
    const [call] = fake.seen(opportunityLine)
    expect(call?.query.getAll('expand')).toEqual(['applications', 'stage', 'contact'])
    expect(call?.headers.authorization).toBe(`Basic ${Buffer.from('lever-key-1:').toString('base64')}`)
  })
  it('reads a posting once for many applications', async () => {
    expectOpportunity(fake)
    fake.expect(opportunityLine, { json: opportunity() })
    const one = adapter()
    await load(one)
    expect(await load(one)).toMatchObject({ jobName: 'Designer' })
  })
  it('does without a posting: a sourced person applied for none', async () => {
    expectOpportunity(fake, { applications: [] }, false)
    const loaded = await load()
    expect(loaded).toMatchObject({ email: 'robin.sample@example.com' })
    expect(loaded).not.toHaveProperty('jobId')
  })
  it('does without the name of a posting that is gone', async () => {
    fake.expect(opportunityLine, { json: opportunity() })
    fake.expect(postingLine, { status: 404 })
    const loaded = await load()
    expect(loaded).toMatchObject({ jobId: 'cccc3333-0000-4000-8000-000000000001' })
    expect(loaded).not.toHaveProperty('jobName')
  })
  it('takes references that were not expanded', async () => {
    expectOpportunity(fake, { contact: 'contact-1', stage: 'lead-new', applications: ['app-1'] }, false)
    expect(await load()).toMatchObject({ candidateId: 'contact-1', stageId: 'lead-new', stageName: '' })
  })
  it('takes the first usable address, else the contact’s', async () => {
    expectOpportunity(fake, { emails: ['none', 'A@Example.com', 'b@example.com'] })
    expect(await load()).toMatchObject({ email: 'a@example.com' })
    expectOpportunity(fake, { emails: [], ...contactOf({ emails: ['c@example.com'] }) })
    expect(await load()).toMatchObject({ email: 'c@example.com' })
  })
  it('an erased contact lapses', async () => {
    expectOpportunity(fake, contactOf({ isAnonymized: true }), false)
    expect(await load()).toEqual({ lapsed: 'anonymized' })
  })
  it('an archived opportunity without an address lapses as archived', async () => {
    expectOpportunity(
      fake,
      { archived: { reason: 'x', archivedAt: 1 }, emails: [], ...contactOf({ emails: [] }) },
      false,
    )
    expect(await load()).toEqual({ lapsed: 'archived' })
  })
  it('tells which links and which of our tags stand', async () => {
    expectOpportunity(fake, { links: ['a.example.com', link], tags: ['Design', 'ai-interview-sent'] })
    expect(await load()).toMatchObject({
      standing: { link: `a.example.com\n${link}`, 'tag:ai-interview-sent': 'ai-interview-sent' },
    })
  })
  it('an id cannot lead to another path', async () => {
    fake.expect('GET /v1/opportunities/a%2Fb', { status: 404 })
    expect(await adapter().load(aDelivery({ applicationId: 'a/b' }))).toEqual({ lapsed: 'gone' })
  })
})

describe('write-back', () => {
  it('writes as the configured user, who is looked up once', async () => {
    leverSubject.arrangeBeforeWrite(fake)
    for (const { line } of Object.values(leverSubject.writes)) fake.expect(line, { json: {} })
    const one = adapter()
    for (const each of one.targets) await each.write(application, interview, stillOurs)
    expect(fake.seen('GET /v1/users')[0]?.query.get('email')).toBe('recruiting@example.com')
    const writes = fake.calls.filter(({ line }) => line.startsWith('POST'))
    expect(writes.map(({ query }) => query.get('perform_as'))).toEqual(['user-1', 'user-1', 'user-1'])
    expect(writes.slice(1).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { links: [link] },
      { tags: ['ai-interview-sent'] },
    ])
  })
  it('writes without an author where none is configured', async () => {
    fake.expect(notesLine.replace('GET', 'POST'), { status: 201, json: {} })
    await target('note', adapter({ performAs: undefined })).write(application, interview, stillOurs)
    const [call] = fake.calls
    expect(call?.query.size).toBe(0)
    expect(JSON.parse(call?.body ?? '')).toEqual({ value: expect.stringContaining(link) })
  })
  it('writes a secret note where that is configured', async () => {
    fake.expect(notesLine.replace('GET', 'POST'), { status: 201, json: {} })
    const one = adapter({ performAs: undefined, writeBack: [{ note: { secret: true } }] })
    await target('note', one).write(application, interview, stillOurs)
    expect(JSON.parse(fake.calls[0]?.body ?? '')).toMatchObject({ secret: true })
  })
  it.each([[[]], [[{ id: 'user-2', email: 'somebody.else@example.com' }]]])(
    'is dead where the author is unknown: %j',
    async (data) => {
      fake.expect('GET /v1/users', { json: { data } })
      await expect(target('note').write(application, interview, stillOurs)).rejects.toMatchObject({
        name: 'PermanentError',
        reason: 'author-not-found',
      })
    },
  )
  it('looks through all pages of notes, comments included', async () => {
    fake.expect(notesLine, { json: { data: [{}, { fields: [{ value: null }] }], hasNext: true, next: 'n1' } })
    fake.expect(notesLine, {
      json: { data: [{ fields: [{ value: 'x' }, { value: `\n${link}\n` }] }], hasNext: true, next: 'n2' },
    })
    expect(await target('note').isWritten?.(application, link)).toBe(true)
    expect(fake.calls[1]?.query.get('offset')).toBe('n1')
  })
  it('a link that stands without its scheme stands', async () => {
    const standing = { link: `a.example.com\n${link.replace('https://', '')}` }
    expect(await target('link').write({ ...application, standing }, interview, stillOurs)).toBe('found')
  })
  it('a link is added beside others', async () => {
    leverSubject.arrangeBeforeWrite(fake)
    fake.expect(leverSubject.writes['link']?.line ?? '', { json: {} })
    await target('link').write({ ...application, standing: { link: 'a.example.com' } }, interview, stillOurs)
  })
})

describe('settings', () => {
  const settings = { signingTokens: ['s'], apiKey: 'k' }
  it('write a note where nothing is configured', () => {
    expect(leverSettings.parse(settings)).toEqual({
      ...settings,
      baseUrl: 'https://api.lever.co',
      writeBack: [{ note: { secret: false } }],
    })
  })
  it.each([
    [{ signingTokens: [] }],
    [{ performAs: 'recruiting' }],
    [{ baseUrl: 'https://api.lever.co/v1' }],
    [{ writeBack: [{ tag: {} }] }],
    [{ writeBack: [{ note: {}, link: {} }] }],
    [{ writeBack: [{ link: {} }, { link: {} }] }],
    [{ writeBack: [{ tag: { name: 'a' } }, { tag: { name: 'a' } }] }],
  ])('are refused: %j', (change) => {
    expect(leverSettings.safeParse({ ...settings, ...change }).success).toBe(false)
  })
})
