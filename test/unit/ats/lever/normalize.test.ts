import { expect, it } from 'vitest'
import { normalizeLever } from '../../../../src/ats/lever/normalize.ts'
import { verifyLever } from '../../../../src/ats/lever/verify.ts'
import { NotJsonError } from '../../../../src/domain/errors.ts'
import { leverWebhook, signLever } from '../../../support/lever-subject.ts'

const normalize = (webhook: Record<string, unknown>, name?: string) =>
  normalizeLever(verifyLever(signLever(webhook, 's'), ['s']), () => name)

const changed = (change: Record<string, unknown>) => {
  const webhook = leverWebhook('stage-change')
  return { ...webhook, data: { ...(webhook['data'] as object), ...change } }
}

it('ignores the connection test, whatever event it names', () => {
  expect(normalize(leverWebhook('connection-test'))).toEqual({ ignored: 'ping' })
  expect(normalize({ ...leverWebhook('stage-change'), data: {} })).toEqual({ ignored: 'ping' })
})

it('ignores another event, with the application it is about', () => {
  expect(normalize(leverWebhook('archive-change'))).toEqual({
    ignored: 'other-event',
    applicationId: 'aaaa1111-0000-4000-8000-000000000001',
    candidateId: 'bbbb2222-0000-4000-8000-000000000001',
  })
})

it('gives the erasure that a deletion tells of', () => {
  const deleted = { ...leverWebhook('stage-change'), event: 'candidateDeleted' }
  const applicationId = 'aaaa1111-0000-4000-8000-000000000001'
  expect(normalize(deleted)).toEqual({ erased: { applicationId } })
  expect(normalize({ ...deleted, data: { opportunityId: applicationId } })).toEqual({ erased: { applicationId } })
  expect(normalize({ ...deleted, data: { contactId: applicationId } })).toEqual({ ignored: 'malformed' })
})

it('names the stage where its name is known', () => {
  expect(normalize(leverWebhook('stage-change'), 'AI Interview')).toMatchObject({ stageName: 'AI Interview' })
})

it('does without a contact and without a former stage', () => {
  const change = normalize(changed({ contactId: null, fromStageId: null }))
  expect(change).toMatchObject({ candidateId: 'aaaa1111-0000-4000-8000-000000000001' })
})

it('takes a built-in stage, whose id is a slug', () => {
  expect(normalize(changed({ toStageId: 'applicant-new' }))).toMatchObject({ stageId: 'applicant-new' })
})

const ids = {
  applicationId: 'aaaa1111-0000-4000-8000-000000000001',
  candidateId: 'bbbb2222-0000-4000-8000-000000000001',
}

it.each([{ toStageId: null }, { toStageId: 7 }])('ignores as malformed, with the ids it can read: %j', (change) => {
  expect(normalize(changed(change))).toEqual({ ignored: 'malformed', ...ids })
})

it('ignores as malformed a contact that is no id', () => {
  const { applicationId } = ids
  expect(normalize(changed({ contactId: 7 }))).toEqual({ ignored: 'malformed', applicationId })
})

it.each(['', '..', '../users', 'a/b', 'a?b', 'a b', 'x'.repeat(101)])(
  'ignores as malformed an opportunity id that would lead elsewhere: %j',
  (opportunityId) => {
    expect(normalize(changed({ opportunityId }))).toEqual({ ignored: 'malformed' })
  },
)

it.each([{ data: null }, { data: [] }, { data: undefined }, { event: 7 }, { event: undefined }])(
  'never throws: %j is malformed',
  (change) => {
    expect(normalize({ ...leverWebhook('stage-change'), ...change })).toEqual({ ignored: 'malformed' })
  },
)

it('says of a body that it is no JSON', () => {
  expect(() => verifyLever({ headers: {}, body: Buffer.from('not JSON') }, ['s'])).toThrow(NotJsonError)
})
