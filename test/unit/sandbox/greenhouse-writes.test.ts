import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type GreenhouseSandbox, startGreenhouseSandbox } from '../../../src/sandbox/greenhouse.ts'
import { person } from '../../../src/sandbox/people.ts'
import { harvest } from './http.ts'

let now = 1_790_000_000_000
let sandbox: GreenhouseSandbox
let api: Awaited<ReturnType<typeof harvest>>
let ids: { candidateId: number; applicationId: number }
beforeEach(async () => {
  sandbox = await startGreenhouseSandbox({ now: () => now })
  api = await harvest(sandbox)
  ids = sandbox.addCandidate({ ...person(0), job: 'Designer' })
})
afterEach(() => sandbox.close())

const note = () => ({
  candidate_id: ids.candidateId,
  application_id: ids.applicationId,
  body: 'AI interview\nhttps://app.example.com/form?interviewId=1',
  visibility: 'private',
  note_type: 'NOTE',
})

describe('a note in the Greenhouse sandbox', () => {
  test('is made with 201 and read back in other words', async () => {
    const made = await api('/notes', { json: note() })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ type: 'NOTE', visibility: 'privately_visible', body: note().body })
    const listed = await api(`/notes?application_ids=${ids.applicationId}&visibility=privately_visible&type=NOTE`)
    expect(listed.body).toEqual([made.body])
    expect(sandbox.notesOf(ids.applicationId)).toEqual([made.body])
  })

  test('is written by the token’s user unless another is named', async () => {
    const asUser = await harvest(sandbox, '4080')
    expect((await asUser('/notes', { json: note() })).body.user_id).toBe(4080)
    expect((await asUser('/notes', { json: { ...note(), user_id: 4081 } })).body.user_id).toBe(4081)
    expect((await asUser('/notes', { json: { ...note(), user_id: 7 } })).status).toBe(422)
  })

  test.each([
    ['a lower-case type', { note_type: 'note' }],
    ['no type', { note_type: undefined }],
    ['the read word of a visibility', { visibility: 'publicly_visible' }],
    ['an empty body', { body: '' }],
    ['an e-mail field', { email_to: 'a@example.com' }],
    ['a candidate id that is text', { candidate_id: '1' }],
    ['an application that does not exist', { application_id: 1 }],
  ])('is refused with 422 for %s', async (_case, change) => {
    expect((await api('/notes', { json: { ...note(), ...change } })).status).toBe(422)
    expect(sandbox.notesOf(ids.applicationId)).toEqual([])
  })

  test('is refused for an application of somebody else', async () => {
    const other = sandbox.addCandidate({ ...person(1), job: 'Designer' })
    const json = { ...note(), application_id: other.applicationId }
    expect((await api('/notes', { json })).status).toBe(422)
  })

  test('is accepted for a candidate that does not exist', async () => {
    const { application_id: _application, ...orphan } = { ...note(), candidate_id: 1 }
    expect((await api('/notes', { json: orphan })).status).toBe(201)
  })

  test('is missing from lists for as long as the lag is set', async () => {
    sandbox.configure({ noteLagMs: 5000 })
    await api('/notes', { json: note() })
    expect((await api(`/notes?candidate_ids=${ids.candidateId}`)).body).toEqual([])
    now += 6000
    expect((await api(`/notes?candidate_ids=${ids.candidateId}`)).body).toHaveLength(1)
  })
})

describe('a custom field in the Greenhouse sandbox', () => {
  const patch = (path: string, custom_fields: unknown) => api(path, { method: 'PATCH', json: { custom_fields } })
  const link = 'https://app.example.com/form?interviewId=1'

  test('of an application is written with an empty 204 and read keyed', async () => {
    const answer = await patch(`/applications/${ids.applicationId}`, [{ name_key: 'ai_interview_link', value: link }])
    expect([answer.status, answer.text]).toEqual([204, ''])
    const [row] = (await api(`/applications?ids=${ids.applicationId}`)).body
    expect(row.custom_fields).toEqual({
      ai_interview_link: { name: 'ai interview link', type: 'url', value: link },
    })
    expect(sandbox.fieldOf(ids.applicationId, 'ai_interview_link')).toBe(link)
  })

  test('of a candidate is written with 200 and the record, and cleared by null', async () => {
    const path = `/candidates/${ids.candidateId}`
    const answer = await patch(path, [{ name_key: 'ai_interview_link', value: link }])
    expect([answer.status, answer.body.custom_fields.ai_interview_link.value]).toEqual([200, link])
    await patch(path, [{ name_key: 'ai_interview_link', value: null }])
    expect(sandbox.candidateFieldOf(ids.candidateId, 'ai_interview_link')).toBeNull()
  })

  test('can be named by its id', async () => {
    const [field] = (await api('/custom_fields?field_type=application&name_key=ai_interview_link')).body
    await patch(`/applications/${ids.applicationId}`, [{ custom_field_id: field.id, value: link }])
    expect(sandbox.fieldOf(ids.applicationId, 'ai_interview_link')).toBe(link)
  })

  test.each([
    ['an unknown key', [{ name_key: 'no_such_field', value: link }]],
    ['both ways of naming it', [{ name_key: 'ai_interview_link', custom_field_id: 1, value: link }]],
    ['neither way of naming it', [{ value: link }]],
    ['no value', [{ name_key: 'ai_interview_link' }]],
    ['no entries', []],
  ])('is refused with 422 for %s', async (_case, fields) => {
    expect((await patch(`/applications/${ids.applicationId}`, fields)).status).toBe(422)
    expect(sandbox.fieldOf(ids.applicationId, 'ai_interview_link')).toBeNull()
  })

  test('of short text takes no more than 254 characters, and one of options no text', async () => {
    sandbox.addCustomField({ on: 'application', key: 'short', type: 'short_text' })
    sandbox.addCustomField({ on: 'application', key: 'choice', type: 'single_select' })
    const path = `/applications/${ids.applicationId}`
    expect((await patch(path, [{ name_key: 'short', value: 'x'.repeat(255) }])).status).toBe(422)
    expect((await patch(path, [{ name_key: 'short', value: 'x'.repeat(254) }])).status).toBe(204)
    expect((await patch(path, [{ name_key: 'choice', value: 'Yes' }])).status).toBe(422)
  })

  test('is all that may be patched, and only on what exists', async () => {
    const json = { email_addresses: [] }
    expect((await api(`/candidates/${ids.candidateId}`, { method: 'PATCH', json })).status).toBe(422)
    expect((await patch('/applications/1', [{ name_key: 'ai_interview_link', value: link }])).status).toBe(404)
  })
})
