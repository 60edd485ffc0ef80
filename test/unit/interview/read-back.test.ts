import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InterviewSearch } from '../../../src/domain/interview.ts'
import { makeAgent } from '../../../src/http/agent.ts'
import { RestVendor } from '../../../src/interview/rest-vendor.ts'
import { FakeHttp } from '../../support/fake-http.ts'

const line = 'POST /api/external/fetch/candidates'
const search: InterviewSearch = {
  interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  email: 'amara@example.com',
  linkPattern: 'https://app.example.com/form?interviewId={id}',
}
const link = 'https://app.example.com/form?interviewId=wanted'
const wanted = { id: 'wanted', email: 'Amara@example.com', interviewLink: link }
const page = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${name}-${at}`, email: `${name}-${at}@example.com` }))

describe('reading back', () => {
  const agent = makeAgent()
  let fake: FakeHttp
  beforeEach(async () => {
    fake = await FakeHttp.start()
  })
  afterEach(async () => await fake.close())
  afterAll(async () => await agent.destroy())

  async function find(...pages: readonly (readonly unknown[])[]) {
    for (const data of pages) fake.expect(line, { json: { data } })
    const vendor = new RestVendor({
      apiKey: 'key',
      baseUrl: fake.baseUrl,
      linkHosts: ['app.example.com'],
      dispatcher: agent,
      createDispatcher: agent,
      observeCall: () => undefined,
      now: Date.now,
    })
    const found = await vendor.find(search)
    fake.assertDone()
    const asked = fake.seen(line).map(({ body }) => (JSON.parse(body) as { page: number }).page)
    expect(asked).toEqual(pages.map((_, at) => at + 1))
    return found
  }

  test('finds what is on a later page where the vendor gives fewer a page than it was asked for', async () => {
    expect(await find(page('first', 50), page('second', 50), [wanted])).toMatchObject({ interviewId: 'wanted', link })
  })

  test('goes on after a first page of which nothing can be read', async () => {
    const unreadable = page('imported', 50).map(({ id }) => ({ id, email: null }))
    expect(await find(unreadable, [wanted])).toMatchObject({ link })
  })

  test('ends with the page on which it is', async () => {
    expect(await find([...page('first', 3), wanted])).toMatchObject({ link })
  })

  test('ends with an empty page', async () => {
    expect(await find([])).toBeUndefined()
    fake.calls.length = 0
    expect(await find(page('only', 20), [])).toBeUndefined()
  })

  test.each([
    ['an id', { ...wanted, id: 'wanted\0' }],
    ['an id without a link', { id: 'wanted\ud800', email: wanted.email }],
    ['a link', { ...wanted, interviewLink: `${link}\0` }],
  ])('refuses %s that cannot be stored', async (_what, found) => {
    await expect(find([found])).rejects.toMatchObject({ reason: 'vendor-answer-unusable' })
  })

  test('ends where the vendor turns no pages', async () => {
    expect(await find(page('same', 50), page('same', 50))).toBeUndefined()
  })
})
