import { describe, expect, test } from 'vitest'
import { PermanentError, RetryableError } from '../../../src/domain/errors.ts'
import { classify, type FailureReasons, outcomeOf, parseRetryAfter } from '../../../src/http/classify.ts'

const reasons: FailureReasons = {
  unavailable: 'ats-unavailable',
  rateLimited: 'rate-limited',
  refusingKey: 'ats-refusing-key',
  forbidden: 'ats-forbidden',
  refused: 'ats-refused',
}

describe('a failed call', () => {
  test.each([
    [{ kind: 'status', status: 500 }, 'ats-unavailable', 'unknown'],
    [{ kind: 'status', status: 503 }, 'ats-unavailable', 'unknown'],
    [{ kind: 'status', status: 408 }, 'ats-unavailable', 'unknown'],
    [{ kind: 'status', status: 429 }, 'rate-limited', 'not-done'],
    [{ kind: 'status', status: 425 }, 'rate-limited', 'not-done'],
    [{ kind: 'status', status: 401 }, 'ats-refusing-key', 'not-done'],
    [{ kind: 'timeout' }, 'ats-unavailable', 'unknown'],
    [{ kind: 'reset' }, 'ats-unavailable', 'unknown'],
    [{ kind: 'unreadable', status: 200 }, 'ats-unavailable', 'unknown'],
    [{ kind: 'connect' }, 'ats-unavailable', 'not-done'],
  ] as const)('%o may heal as %s, with the write %s', (failure, reason, outcome) => {
    const error = classify(failure, reasons)
    expect(error).toBeInstanceOf(RetryableError)
    expect(error).toMatchObject({ reason, outcome })
    expect(outcomeOf(failure)).toBe(outcome)
  })

  test.each([
    [400, 'ats-refused'],
    [403, 'ats-forbidden'],
    [404, 'ats-refused'],
    [409, 'ats-refused'],
    [413, 'ats-refused'],
    [422, 'ats-refused'],
    [301, 'ats-refused'],
  ] as const)('status %i cannot heal: %s', (status, reason) => {
    const error = classify({ kind: 'status', status }, reasons)
    expect(error).toBeInstanceOf(PermanentError)
    expect(error).toMatchObject({ reason, status })
  })

  test('being limited uses up no attempt, being refused a key does', () => {
    expect(classify({ kind: 'status', status: 429, retryAfterMs: 7_000 }, reasons)).toMatchObject({
      isAttempt: false,
      retryAfterMs: 7_000,
    })
    expect(classify({ kind: 'status', status: 401 }, reasons)).toMatchObject({ isAttempt: true })
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T10:00:00Z')

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Tue, 24 Nov 2026 10:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['999999', 3_600_000],
  ])('%s is %i ms', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms)
  })

  test.each([undefined, '', 'soon'])('%s says nothing', (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined()
  })
})
