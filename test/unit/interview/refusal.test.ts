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
] as const)('status %i with %j means %s', (status, answer, meaning) => {
  expect(refusalMeaning(status, answer)).toBe(meaning)
})
