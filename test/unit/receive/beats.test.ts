import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeBeats } from '../../../src/receive/beats.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('all who wait for a beat go on at one, and who comes then at the next', async () => {
  const nextBeat = makeBeats()
  const gone: string[] = []
  const wait = (name: string) => void nextBeat().then(() => gone.push(name))
  wait('one')
  wait('two')
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(gone).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(gone).toEqual(['one', 'two'])
  wait('three')
  await vi.advanceTimersByTimeAsync(1)
  expect(gone).toEqual(['one', 'two', 'three'])
})
