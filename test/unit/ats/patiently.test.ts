import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { patiently } from '../../../src/ats/patiently.ts'
import { RetryableError } from '../../../src/domain/errors.ts'

beforeEach(() => void vi.useFakeTimers({ fakeNodeBuiltins: true }))
afterEach(() => void vi.useRealTimers())

test('asks again within a minute, though the limit foretold half an hour', async () => {
  let asked = 0
  const call = async () => {
    asked += 1
    if (asked < 3) throw new RetryableError('rate-limited', { isAttempt: false, retryAfterMs: 1_800_000 })
    return asked
  }
  const answer = patiently(call, new AbortController().signal)
  await vi.advanceTimersByTimeAsync(60_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(3)
  expect(await answer).toBe(3)
})
