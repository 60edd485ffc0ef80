import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { greenhouse } from '../../../../src/ats/greenhouse/index.ts'
import type { Resumes } from '../../../../src/ats/resumes.ts'
import type { Purpose } from '../../../../src/budget/limit.ts'
import { runFor } from '../../../../src/budget/purpose.ts'
import { PermanentError } from '../../../../src/domain/errors.ts'
import { atsTools } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import { expectToken, greenhouseSubject } from '../../../support/greenhouse-subject.ts'

const list = 'GET /v3/attachments'
const s3 = (name: string) => `https://bucket.s3.amazonaws.com/${name}?X-Amz-Signature=1`
const file = (id: number, filename: string, day: number, more: object = {}) => ({
  id,
  application_id: 700001,
  candidate_id: 800001,
  filename,
  type: 'resume',
  url: s3(filename),
  created_at: `2026-11-${day}T08:00:00Z`,
  ...more,
})

describe('resumes at Greenhouse', () => {
  let fake: FakeHttp
  let resumes: Resumes | undefined

  beforeEach(async () => {
    fake = await FakeHttp.start()
    resumes = greenhouse.create(greenhouseSubject.settings(fake.baseUrl), atsTools()).resumes
    expectToken(fake)
  })
  afterEach(async () => {
    fake.assertDone()
    await fake.close()
  })

  test('the newest file whose name ends in .pdf is offered at the address that Greenhouse signed', async () => {
    fake.expect(list, {
      json: [file(4, 'cv.docx', 23), file(3, 'old.pdf', 20), file(2, 'CV.PDF', 22), file(1, 'older.pdf', 19)],
    })
    expect(await resumes?.newest('700001')).toEqual({ kind: 'address', url: s3('CV.PDF') })
    expect(Object.fromEntries(fake.seen(list)[0]?.query ?? [])).toEqual({
      application_ids: '700001',
      type: 'resume',
      per_page: '500',
    })
  })

  test('there is none without a PDF, or without any file', async () => {
    fake.expect(list, { json: [file(1, 'cv.docx', 20), file(2, 'pdf', 20), { id: 3, filename: 'odd.pdf' }] })
    expect(await resumes?.newest('700001')).toBeUndefined()
    fake.expect(list, { json: [] })
    expect(await resumes?.newest('700001')).toBeUndefined()
  })

  test('questions at the same time share a call, over several pages, and each gets its own', async () => {
    fake.expect(list, {
      json: [file(2, 'b.pdf', 20, { application_id: 700002 })],
      headers: { link: `<http://10.0.0.1/v3/attachments?cursor=abc>; rel="next"` },
    })
    fake.expect(list, { json: [file(1, 'a.pdf', 20)] })
    const found = await Promise.all(['700001', '700002', '700003'].map(async (id) => await resumes?.newest(id)))
    expect(found).toEqual([{ kind: 'address', url: s3('a.pdf') }, { kind: 'address', url: s3('b.pdf') }, undefined])
    // Of the Link header only the cursor counts: the next page came from the connection's own host.
    expect(fake.seen(list).map(({ query }) => query.get('application_ids') ?? query.get('cursor'))).toEqual([
      '700001,700002,700003',
      'abc',
    ])
  })

  test('a live question shares no call with a sweep’s, and is not charged to its share', async () => {
    const taken: Purpose[] = []
    const take = async (purpose: Purpose) => void taken.push(purpose)
    const budget = { take, observe: () => undefined, usedRatio: () => 0 }
    const one = greenhouse.create(greenhouseSubject.settings(fake.baseUrl), atsTools({ budget })).resumes
    fake.expect(list, { json: [] }, 2)
    await Promise.all([runFor('swept', () => one?.newest('700002')), runFor('live', () => one?.newest('700001'))])
    expect(taken.toSorted()).toEqual(['live', 'swept'])
    expect(
      fake
        .seen(list)
        .map(({ query }) => query.get('application_ids'))
        .toSorted(),
    ).toEqual(['700001', '700002'])
  })

  test('an address elsewhere is not passed on', async () => {
    fake.expect(list, { json: [file(1, 'cv.pdf', 20, { url: 'https://169.254.169.254/cv.pdf' })] })
    expect(await resumes?.newest('700001')).toEqual({ kind: 'untrusted-address' })
  })

  test('a list that our key may not read says so', async () => {
    fake.expect(list, { status: 403, json: { message: 'Forbidden' } })
    await expect(resumes?.newest('700001')).rejects.toBeInstanceOf(PermanentError)
  })
})
