import { describe, expect, test } from 'vitest'
import { backoffMs } from '../../../src/deliver/backoff.ts'
import { judge, KEY_ROTATION_MS, REPLACEMENT_MS, RETRY_FOR_MS } from '../../../src/deliver/verdict.ts'
import { LapsedError, PermanentError, RetryableError, StoreUnavailableError } from '../../../src/domain/errors.ts'
import type { Run } from '../../../src/journal/journal.ts'

const now = Date.parse('2026-11-24T10:00:00Z')
const never = () => 0
const aRun = (differences: Partial<Run> = {}): Run => ({
  run: 1,
  round: 0,
  attempt: 1,
  unfinished: 1,
  roundStartedAt: now,
  ...differences,
})

describe('what becomes of a delivery whose attempt failed', () => {
  test('a lapse ends it as lapsed, a permanent failure as dead, with their reasons', () => {
    expect(judge(new LapsedError('no-email'), aRun(), now, never)).toMatchObject({
      state: 'lapsed',
      reason: 'no-email',
    })
    expect(judge(new PermanentError('ats-forbidden'), aRun(), now, never)).toMatchObject({
      state: 'dead',
      reason: 'ats-forbidden',
    })
  })

  test('a failure that may heal is tried again, later each time', () => {
    const delays = [1, 2, 3, 11, 30].map((attempt) => {
      const verdict = judge(new RetryableError('ats-unavailable'), aRun({ attempt }), now, () => 0.999999)
      return Math.round(((verdict.nextAttemptAt ?? 0) - now) / 1000)
    })
    expect(delays).toEqual([2, 4, 8, 2048, 3600])
  })

  test('after 24 hours it is dead', () => {
    const error = new RetryableError('ats-unavailable')
    const nearlyOver = aRun({ attempt: 30, roundStartedAt: now - RETRY_FOR_MS + 3_600_000 })
    const over = aRun({ attempt: 30, roundStartedAt: now - RETRY_FOR_MS + 1_000 })
    expect(judge(error, nearlyOver, now, never).state).toBe('retrying')
    expect(judge(error, over, now, never)).toMatchObject({ state: 'dead', reason: 'attempts-exhausted' })
  })

  test('Retry-After is waited for, and never cut short', () => {
    const error = new RetryableError('ats-unavailable', { retryAfterMs: 40_000 })
    expect(judge(error, aRun(), now, never).nextAttemptAt).toBe(now + 40_000)
  })

  test('waiting for the ATS’s own limit is no attempt and has no end', () => {
    const error = new RetryableError('rate-limited', { isAttempt: false, retryAfterMs: 30_000 })
    const old = aRun({ attempt: 1, roundStartedAt: now - 5 * RETRY_FOR_MS })
    expect(judge(error, old, now, never)).toEqual({
      state: 'retrying',
      reason: 'rate-limited',
      isAttempt: false,
      nextAttemptAt: now + 30_000,
      roundStartedAt: old.roundStartedAt + 30_000,
    })
  })

  test('who has stood in line for days has not been tried for days: what fails then is tried again, and soon', () => {
    const waited = 5 * RETRY_FOR_MS
    const limited = new RetryableError('rate-limited', { isAttempt: false, retryAfterMs: waited })
    const { roundStartedAt = 0 } = judge(limited, aRun(), now, never)
    const failed = new RetryableError('vendor-rate-limited', { isAttempt: false })
    expect(judge(failed, aRun({ roundStartedAt }), now + waited, never)).toMatchObject({
      state: 'retrying',
      nextAttemptAt: now + waited + 1_000,
    })
  })

  test('waiting for another delivery of the application is no attempt, has no end, and does not take longer each time', () => {
    const old = aRun({ roundStartedAt: now - 5 * RETRY_FOR_MS })
    expect(judge(new RetryableError('application-busy', { isAttempt: false }), old, now, never)).toEqual({
      state: 'retrying',
      reason: 'application-busy',
      isAttempt: false,
      nextAttemptAt: now + 1_000,
      roundStartedAt: old.roundStartedAt + 1_000,
    })
  })

  test.each(['vendor-rate-limited', 'candidate-merged'] as const)(
    'waiting because of %s is no attempt, and after 24 hours it is dead',
    (reason) => {
      const error = new RetryableError(reason, { isAttempt: false })
      const nearlyOver = aRun({ roundStartedAt: now - RETRY_FOR_MS + 3_600_000 })
      expect(judge(error, nearlyOver, now, never)).toMatchObject({ state: 'retrying', reason, isAttempt: false })
      const over = aRun({ roundStartedAt: now - RETRY_FOR_MS })
      expect(judge(error, over, now, never)).toEqual({ state: 'dead', reason: 'attempts-exhausted', isAttempt: false })
    },
  )

  test.each([undefined, 0, 1_000])(
    'a vendor that limits for hours is asked ever less often, told %s',
    (retryAfterMs) => {
      const error = new RetryableError('vendor-rate-limited', { isAttempt: false, retryAfterMs })
      const delays = [0, 60_000, 3_600_000, RETRY_FOR_MS / 2].map((lastedMs) => {
        const verdict = judge(error, aRun({ roundStartedAt: now - lastedMs }), now, never)
        return ((verdict.nextAttemptAt ?? 0) - now) / 1000
      })
      expect(delays).toEqual([1, 6, 360, 1800])
    },
  )

  test('what a vendor that has limited for hours asks for is not undercut', () => {
    const error = new RetryableError('vendor-rate-limited', { isAttempt: false, retryAfterMs: 3_600_000 })
    const late = aRun({ roundStartedAt: now - RETRY_FOR_MS / 2 })
    expect(judge(error, late, now, never).nextAttemptAt).toBe(now + 3_600_000)
  })

  test('a route unknown to the replica is waited for while replicas are replaced, and then the delivery lapses', () => {
    const error = new RetryableError('route-unknown', { isAttempt: false })
    const expected = { state: 'retrying', reason: 'route-unknown', isAttempt: false }
    expect(judge(error, aRun(), now, never)).toEqual({ ...expected, nextAttemptAt: now + 1_000 })
    const nearlyOver = aRun({ roundStartedAt: now - REPLACEMENT_MS + 120_000 })
    expect(judge(error, nearlyOver, now, never)).toMatchObject(expected)
    const over = aRun({ roundStartedAt: now - REPLACEMENT_MS })
    expect(judge(error, over, now, never)).toEqual({ state: 'lapsed', reason: 'route-removed', isAttempt: false })
  })

  test.each([
    ['ats-refusing-key', 'ats-unauthorized'],
    ['vendor-refusing-key', 'vendor-unauthorized'],
    ['ats-shows-nothing', 'ats-forbidden'],
  ] as const)('%s is tried for an hour and then dead as %s', (reason, dead) => {
    const error = new RetryableError(reason)
    expect(judge(error, aRun(), now, never)).toMatchObject({ state: 'retrying', reason, refusedSince: now })
    const later = aRun({ attempt: 20, refusedSince: now - KEY_ROTATION_MS + 60_000 })
    expect(judge(error, later, now, never)).toMatchObject({ state: 'retrying', nextAttemptAt: now + 60_000 })
    const over = aRun({ attempt: 21, refusedSince: now - KEY_ROTATION_MS })
    expect(judge(error, over, now, never)).toMatchObject({ state: 'dead', reason: dead })
  })

  test.each([
    ['a limit', new RetryableError('rate-limited', { isAttempt: false })],
    ['another delivery', new RetryableError('application-busy', { isAttempt: false })],
    ['the store', new StoreUnavailableError('away')],
  ])('waiting for %s does not begin a refused key’s hour anew', (_what, error) => {
    const refusedSince = now - KEY_ROTATION_MS + 60_000
    expect(judge(error, aRun({ refusedSince }), now, never)).toMatchObject({ state: 'retrying', refusedSince })
  })

  test('an answer that is no refusal ends a refused key’s hour', () => {
    const verdict = judge(new RetryableError('ats-unavailable'), aRun({ refusedSince: now - 60_000 }), now, never)
    expect(verdict).not.toHaveProperty('refusedSince')
  })

  test('a store that is away is waited for: no attempt, and soon', () => {
    const old = aRun({ attempt: 12, roundStartedAt: now - 5 * RETRY_FOR_MS })
    expect(judge(new StoreUnavailableError('away'), old, now, never)).toEqual({
      state: 'retrying',
      reason: 'store-away',
      isAttempt: false,
      nextAttemptAt: now + 1_000,
      roundStartedAt: old.roundStartedAt + 1_000,
    })
  })

  test('a mistake of our own is tried again', () => {
    expect(judge(new TypeError('x is undefined'), aRun(), now, never)).toMatchObject({
      state: 'retrying',
      reason: 'internal-error',
    })
  })
})

test('half of the delay is jitter', () => {
  const setback = { attempt: 3, lastedMs: 0, retryAfterMs: undefined }
  expect(backoffMs(setback, () => 0)).toBe(4_000)
  expect(backoffMs(setback, () => 0.5)).toBe(6_000)
})

test.each([0, 1, 999])('a far side that asks for %d ms is given a second', (retryAfterMs) => {
  expect(backoffMs({ attempt: 1, lastedMs: 0, retryAfterMs }, never)).toBe(1_000)
})

test('however long it has lasted, an hour is the longest wait of our own', () => {
  const setback = { attempt: 1, lastedMs: 10 * RETRY_FOR_MS, retryAfterMs: undefined }
  expect(backoffMs(setback, () => 0.5)).toBe(2_700_000)
})
