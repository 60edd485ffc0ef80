import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type InterviewFlowSandbox,
  sandboxInterviewer,
  startInterviewFlowSandbox,
} from '../../../src/sandbox/interviewflow.ts'
import { call } from './http.ts'

const privateInterviewer = '6b5e1d2f-2a3c-4d4e-9f5a-123456789abc'
let vendor: InterviewFlowSandbox
beforeEach(async () => {
  const interviewers = [
    { id: sandboxInterviewer, isPublic: true },
    { id: privateInterviewer, isPublic: false },
  ]
  vendor = await startInterviewFlowSandbox({ interviewers, additionalFields: ['source', 'score'] })
})
afterEach(() => vendor.close())

const request = { name: 'Amara Quillfeather', email: 'Amara@Example.com', jobId: sandboxInterviewer }
const post = (path: string, json: unknown, key = 'sandbox-vendor-key') =>
  call(`${vendor.url}/api/external/${path}`, { json, headers: { 'x-api-key': key } })
const create = (change: Record<string, unknown> = {}) => post('ingest/candidate', { ...request, ...change })
const readBack = (json: Record<string, unknown>) => post('fetch/candidates', json)
const made = async (change: Record<string, unknown> = {}) => (await create(change)).body.data

describe('the ingest call of the vendor’s sandbox', () => {
  test('answers 201 with the documented shape and the address in lower case', async () => {
    const { status, body } = await create()
    expect(status).toBe(201)
    expect(Object.keys(body.data)).toEqual('id jobId name email status createdAt interviewLink'.split(' '))
    expect(body).toMatchObject({
      code: 201,
      message: 'Interview link created successfully',
      data: { jobId: sandboxInterviewer, email: 'amara@example.com', status: 'shortlisted' },
    })
    expect(body.data.interviewLink).toBe(`${vendor.url}/form?interviewId=${body.data.id}`)
  })

  test('keeps all that it was given', async () => {
    const extras = {
      status: 'draft',
      resumeUrl: 'https://files.example.com/cv.pdf',
      skills: ['TypeScript'],
      customQuestions: ['Why us?'],
      additionalFields: { source: 'greenhouse' },
      metadata: { externalCandidateId: '1' },
    }
    await create(extras)
    expect(vendor.interviews()).toMatchObject([{ interviewer: sandboxInterviewer, ...extras }])
  })

  test('makes a draft for a private interviewer', async () => {
    expect((await made({ jobId: privateInterviewer })).status).toBe('draft')
  })

  test.each([
    ['a blank name', { name: '  ' }, 400],
    ['no name', { name: undefined }, 400],
    ['no e-mail address', { email: undefined }, 400],
    ['an e-mail address that is none', { email: 'amara' }, 400],
    ['an interviewer id that is no UUID', { jobId: 'designer' }, 400],
    ['an interviewer it does not have', { jobId: '00000000-0000-4000-8000-000000000000' }, 404],
    ['a field it does not know', { colour: 'red' }, 400],
    ['a status it does not know', { status: 'hired' }, 400],
    ['an additional field the account does not have', { additionalFields: { Source: 'x' } }, 400],
    ['an additional field that is a list', { additionalFields: { source: ['x'] } }, 400],
    ['a resume without an address', { resumeUrl: 'cv.pdf' }, 400],
  ])('refuses %s', async (_case, change, status) => {
    const answer = await create(change)
    expect([answer.status, answer.body.code]).toEqual([status, status])
    expect(vendor.interviews()).toEqual([])
  })

  test('refuses a missing or wrong key with 401', async () => {
    expect((await post('ingest/candidate', request, 'wrong')).status).toBe(401)
    expect((await call(`${vendor.url}/api/external/ingest/candidate`, { json: request })).status).toBe(401)
  })

  test('refuses a second interview for the same interviewer and address, however it is written', async () => {
    await create()
    for (const status of [409, 400, 422] as const) {
      vendor.configure({ duplicateStatus: status })
      const answer = await create({ name: 'Somebody Else', email: 'AMARA@example.COM' })
      expect([answer.status, answer.body]).toEqual([
        status,
        { code: status, message: 'Candidate already has an interview for this Interviewer' },
      ])
    }
    expect((await create({ jobId: privateInterviewer })).status).toBe(201)
    expect(vendor.interviews()).toHaveLength(2)
  })

  test('makes links of the host that it is told', async () => {
    vendor.configure({ linkOrigin: 'https://app.interviewflowai.com' })
    const { id, interviewLink } = await made()
    expect(interviewLink).toBe(`https://app.interviewflowai.com/form?interviewId=${id}`)
  })

  test('makes links that lead to a page', async () => {
    const { interviewLink } = await made()
    expect((await call(interviewLink)).text).toContain('Your interview would begin here.')
    expect((await call(`${vendor.url}/form?interviewId=none`)).status).toBe(404)
  })

  test('on command gives a foreign link, or none, though the interview is made', async () => {
    vendor.fault({ operation: 'create', kind: 'foreign-link' })
    vendor.fault({ operation: 'create', kind: 'missing-link' })
    expect(new URL((await made()).interviewLink).host).toBe('interviews.example.net')
    expect(await made({ email: 'b@example.com' })).not.toHaveProperty('interviewLink')
    expect(vendor.interviews()).toHaveLength(2)
  })
})

describe('the read-back call of the vendor’s sandbox', () => {
  test('lists one interviewer’s interviews, newest first, page by page', async () => {
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) await create({ email })
    await create({ jobId: privateInterviewer })
    const page = async (number: number) =>
      (await readBack({ interviewerId: sandboxInterviewer, page: number, limit: 2 })).body.data.map(
        ({ email }: { email: string }) => email,
      )
    expect([await page(1), await page(2), await page(3)]).toEqual([
      ['c@example.com', 'b@example.com'],
      ['a@example.com'],
      [],
    ])
  })

  test('finds by interview id, by equal text and by a number at least', async () => {
    const { id } = await made({ additionalFields: { source: 'lever', score: 5 } })
    const found = async (filter: Record<string, unknown>) =>
      (await readBack({ interviewerId: sandboxInterviewer, ...filter })).body.data.length
    expect([await found({ interviewId: id }), await found({ interviewId: privateInterviewer })]).toEqual([1, 0])
    expect([await found({ source: 'lever' }), await found({ source: 'LEVER' })]).toEqual([1, 0])
    expect([await found({ score: 5 }), await found({ score: 6 })]).toEqual([1, 0])
  })

  test.each([
    ['no interviewer', {}, 400],
    ['an interviewer it does not have', { interviewerId: '00000000-0000-4000-8000-000000000000' }, 404],
    [
      'a filter that is no field of the account, e-mail included',
      { interviewerId: sandboxInterviewer, email: 'a' },
      400,
    ],
    ['a page before the first', { interviewerId: sandboxInterviewer, page: 0 }, 400],
  ])('refuses %s', async (_case, json, status) => {
    expect((await readBack(json)).status).toBe(status)
  })

  test('has either shape, with or without links, or is not there at all', async () => {
    const { id, interviewLink } = await made()
    const ask = () => readBack({ interviewerId: sandboxInterviewer })
    expect((await ask()).body.data[0]).toMatchObject({ id, interviewLink })
    vendor.configure({ readBack: 'wrapped', readBackLinks: false })
    const [item] = (await ask()).body.data.candidates
    expect(item).toMatchObject({ id, email: 'amara@example.com' })
    expect(item).not.toHaveProperty('interviewLink')
    vendor.configure({ readBack: 'off' })
    expect((await ask()).status).toBe(404)
  })

  test('shows an interview that was made by another way', async () => {
    vendor.addInterview({ interviewer: sandboxInterviewer, name: 'Amara', email: request.email })
    expect((await create()).status).toBe(409)
    expect((await readBack({ interviewerId: sandboxInterviewer })).body.data).toHaveLength(1)
  })
})
