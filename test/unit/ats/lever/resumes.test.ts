import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lever } from '../../../../src/ats/lever/index.ts'
import type { Resumes } from '../../../../src/ats/resumes.ts'
import { PermanentError, RetryableError } from '../../../../src/domain/errors.ts'
import { atsTools } from '../../../support/ats-tools.ts'
import { FakeHttp } from '../../../support/fake-http.ts'
import { leverSubject } from '../../../support/lever-subject.ts'

const id = 'aaaa1111-0000-4000-8000-000000000001'
const list = `GET /v1/opportunities/${id}/resumes`
const download = `GET /v1/opportunities/${id}/resumes/r1/download`
const resume = (name: string, at: number | string, file: object = {}) => ({
  id: name,
  createdAt: 1,
  file: { name: 'cv.pdf', ext: 'pdf', status: 'processed', uploadedAt: at, size: '99', ...file },
})

describe('resumes at Lever', () => {
  let fake: FakeHttp
  let resumes: Resumes | undefined

  beforeEach(async () => {
    fake = await FakeHttp.start()
    resumes = lever.create(leverSubject.settings(fake.baseUrl), atsTools()).resumes
  })
  afterEach(async () => {
    fake.assertDone()
    await fake.close()
  })
  const listed = (...data: object[]) => fake.expect(list, { json: { data, hasNext: false } })

  test('the newest PDF that Lever could read is offered, whatever the form of its ending', async () => {
    listed(
      resume('newest', 9, { ext: 'docx' }),
      resume('unread', 8, { status: 'processing' }),
      resume('chosen', '7', { ext: '.PDF' }),
      resume('older', 6),
      { id: 'from-a-profile', createdAt: 10, parsedData: {} },
    )
    expect(await resumes?.newest(id)).toEqual({ kind: 'file', resumeId: 'chosen' })
  })

  test('a resume whose id could lead elsewhere is passed over', async () => {
    listed(resume('../../users', 9))
    expect(await resumes?.newest(id)).toBeUndefined()
  })

  test('there is none where the list is empty or not found', async () => {
    listed()
    expect(await resumes?.newest(id)).toBeUndefined()
    fake.expect(list, { status: 404, json: { code: 'ResourceNotFound', message: 'not found' } })
    expect(await resumes?.newest(id)).toBeUndefined()
  })

  test('a list that our key may not read says so', async () => {
    fake.expect(list, { status: 403, json: { code: 'ForbiddenError', message: 'no' } })
    await expect(resumes?.newest(id)).rejects.toBeInstanceOf(PermanentError)
  })

  test('a file is fetched with our key, and its size told', async () => {
    fake.expect(download, { text: '%PDF-1.4', headers: { 'content-length': '8' } })
    const file = await resumes?.open?.(id, 'r1')
    expect(file?.size).toBe(8)
    expect(file && (await text(file.body))).toBe('%PDF-1.4')
    expect(fake.seen(download)[0]?.headers.authorization).toMatch(/^Basic /)
  })

  test('a file that Lever sends elsewhere for is not followed', async () => {
    fake.expect(download, { status: 302, headers: { location: `${fake.baseUrl}/v1/secret` } })
    await expect(resumes?.open?.(id, 'r1')).rejects.toBeInstanceOf(PermanentError)
    expect(fake.calls).toHaveLength(1)
  })

  test('a busy Lever is waited for', async () => {
    fake.expect(download, { status: 429, headers: { 'retry-after': '7' } })
    await expect(resumes?.open?.(id, 'r1')).rejects.toMatchObject({ reason: 'rate-limited', retryAfterMs: 7_000 })
    fake.expect(download, { status: 503 })
    await expect(resumes?.open?.(id, 'r1')).rejects.toBeInstanceOf(RetryableError)
  })
})
