import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type GreenhouseSandbox, startGreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'
import { person } from '../../../src/sandbox/people.ts'
import { harvest } from './http.ts'

let sandbox: GreenhouseSandbox
let api: Awaited<ReturnType<typeof harvest>>
beforeEach(async () => {
  sandbox = await startGreenhouseSandbox()
  api = await harvest(sandbox)
})
afterEach(() => sandbox.close())

const add = (index = 0, more: { stage?: string; resume?: string } = {}) =>
  sandbox.addCandidate({ ...person(index), job: 'Designer', ...more })
const idsIn = (rows: { id: number }[]) => rows.map(({ id }) => id)

describe('a list of the Greenhouse sandbox', () => {
  test('is a bare array, newest id first', async () => {
    const ids = [add(0), add(1), add(2)].map(({ applicationId }) => applicationId)
    expect(idsIn((await api('/applications')).body)).toEqual(ids.toReversed())
  })

  test('is paged by a Link that is followed as given, and empty on the last page', async () => {
    const ids = [add(0), add(1), add(2)].map(({ candidateId }) => candidateId)
    const first = await api(`/candidates?per_page=2&ids=${ids.join(',')}`)
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await api(next)
    expect(idsIn([...first.body, ...second.body])).toEqual(ids.toReversed())
    expect(second.headers.get('link')).toBe('')
    const both = await api(`${next}&per_page=2`)
    expect([both.status, both.body.errors]).toEqual([
      422,
      ['When passing a cursor, do not include other query params.'],
    ])
  })

  test.each([
    ['a parameter it does not know', '/candidates?colour=red'],
    ['the singular of a filter', '/notes?candidate_id=1'],
    ['a filter of another list', '/candidates?application_ids=1'],
    ['more than 50 ids', `/candidates?ids=${Array.from({ length: 51 }, (_, id) => id).join(',')}`],
    ['ids that are no numbers', '/candidates?ids=1,two'],
    ['more than 500 a page', '/candidates?per_page=501'],
    ['the status word of its own answers', '/applications?status=in_process'],
    [
      'creation and update time together',
      '/notes?created_at=gte|2026-01-01T00:00:00Z&updated_at=gte|2026-01-01T00:00:00Z',
    ],
    ['a time without a comparison', '/applications?updated_at=2026-01-01T00:00:00Z'],
    ['a cursor it did not give', '/candidates?cursor=abc'],
    ['the write word of a visibility', '/notes?visibility=private'],
  ])('refuses %s with 422', async (_case, path) => {
    const answer = await api(path)
    expect([answer.status, answer.body.message]).toEqual([422, 'Unprocessable Content'])
  })

  test('says which page size was too large', async () => {
    const answer = await api('/candidates?per_page=600')
    expect(answer.body.errors).toEqual([{ per_page: '`600` number is greater than: 500' }])
  })

  test('takes 50 ids and 500 a page', async () => {
    const ids = Array.from({ length: 50 }, (_, id) => id).join(',')
    expect((await api(`/candidates?ids=${ids}&per_page=500`)).status).toBe(200)
  })

  test('is the only way to a record: there is none by path, and that call counts as unexpected', async () => {
    const { candidateId } = add()
    const answer = await api(`/candidates/${candidateId}`)
    expect([answer.status, answer.body]).toEqual([404, { message: 'Resource not found' }])
    expect(sandbox.unexpected().map(({ path }) => path)).toEqual([`/v3/candidates/${candidateId}`])
  })

  test('gives only the fields asked for', async () => {
    const { candidateId } = add()
    expect((await api('/candidates?fields=id,can_email')).body).toEqual([{ id: candidateId, can_email: true }])
  })
})

describe('an application in the Greenhouse sandbox', () => {
  test('is asked for as active and answered as in process', async () => {
    const { applicationId } = add()
    const [row] = (await api(`/applications?ids=${applicationId}&status=active`)).body
    expect(row).toMatchObject({ id: applicationId, status: 'in_process', prospect: false })
    sandbox.reject(applicationId)
    expect((await api('/applications?status=active')).body).toEqual([])
    expect((await api('/applications?status=rejected')).body[0].rejected_at).not.toBeNull()
  })

  test('has a stage id of its own beside the stage id of its job', async () => {
    const { stageIds } = sandbox.addJob('Designer')
    const { applicationId } = add(0, { stage: 'AI Interview' })
    const planned = stageIds['AI Interview']
    const [row] = (await api(`/applications?job_interview_stage_ids=${planned}`)).body
    expect(row).toMatchObject({ id: applicationId, job_interview_stage_id: planned, stage_name: 'AI Interview' })
    expect(row.stage_id).not.toBe(planned)
    expect((await api(`/applications?stage_ids=${planned}`)).body).toEqual([])
  })

  test('has rows for stages it has not entered', async () => {
    const { applicationId } = add(0, { stage: 'AI Interview' })
    const rows = (await api(`/application_stages?application_ids=${applicationId}`)).body
    expect(rows).toHaveLength(4)
    expect(rows.filter((row: { entered_at: unknown }) => row.entered_at !== null)).toHaveLength(1)
    const current = (await api(`/application_stages?application_ids=${applicationId}&current=true`)).body
    expect(current).toHaveLength(1)
    expect(current[0].entered_at).not.toBeNull()
  })

  test('has its resume under an address that needs no token and ends after seven days', async () => {
    const { applicationId } = add(0, { resume: 'cv.pdf' })
    const [file] = (await api(`/attachments?application_ids=${applicationId}&type=resume`)).body
    expect((await (await fetch(file.url)).text()).slice(0, 5)).toBe('%PDF-')
    const expired = file.url.replace(/expires=\d+/, 'expires=1')
    expect((await fetch(expired)).status).toBe(403)
  })

  test('of an anonymised candidate has no name, address or file left', async () => {
    const { candidateId } = add(0, { resume: 'cv.pdf' })
    sandbox.anonymise(candidateId)
    const [row] = (await api(`/candidates?ids=${candidateId}`)).body
    expect(row).toMatchObject({ first_name: 'Anonymized', last_name: String(candidateId), email_addresses: [] })
    expect((await api(`/attachments?candidate_ids=${candidateId}`)).body).toEqual([])
  })
})
