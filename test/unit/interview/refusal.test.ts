import { expect, test } from 'vitest'
import { refusalMeaning } from '../../../src/interview/schema.ts'

test.each([
  [409, undefined, 'exists'],
  [400, { code: 400, message: 'Candidate already exists for this job' }, 'exists'],
  [422, { code: 'DUPLICATE', message: 'no' }, 'exists'],
  [404, { message: 'Not found' }, 'interviewer-not-found'],
  [400, { message: 'Job not found' }, 'interviewer-not-found'],
  [400, { message: 'jobId does not exist' }, 'interviewer-not-found'],
  [400, { message: 'name is required' }, 'refused'],
  [422, 'html', 'refused'],
  // The sandbox's own sentence, with names that say something else.
  [400, { code: 400, message: 'additional field source does not exist in this account' }, 'refused'],
  [400, { code: 400, message: 'additional field jobLevel does not exist in this account' }, 'refused'],
  [422, { code: 422, message: 'additional field already does not exist in this account' }, 'refused'],
  [404, { code: 404, message: 'additional field job does not exist in this account' }, 'refused'],
  [400, { message: 'Field jobLevel is invalid' }, 'refused'],
  [400, { message: 'the account doesn’t exist any more' }, 'refused'],
  [400, { message: 'skill "coexistence" is unknown' }, 'refused'],
  [400, { code: 'CANDIDATE_EXISTS', message: 'Bad request' }, 'exists'],
  [422, { code: 'candidateAlreadyExists' }, 'exists'],
  [400, { message: 'An interview of this candidate and job exists' }, 'exists'],
  [400, { message: 'interviewerId aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee is unknown' }, 'interviewer-not-found'],
  [422, { code: 'JOB_NOT_FOUND' }, 'interviewer-not-found'],
  [400, { message: 'this interviewer doesn’t exist' }, 'interviewer-not-found'],
] as const)('status %i with %j means %s', (status, answer, meaning) => {
  expect(refusalMeaning(status, answer)).toBe(meaning)
})
