import { describe, expect, test } from 'vitest'
import type { BudgetState, Purpose } from '../../../src/budget/limit.ts'
import { windowLimit } from '../../../src/budget/window-limit.ts'

const start = Date.parse('2026-11-24T10:00:00Z')
const limit = windowLimit({ windowMs: 30_000, assumed: 10 })

function take(state: BudgetState | undefined, wanted: number, at: number, purpose: Purpose = 'live') {
  return limit.take(state, wanted, purpose, start + at)
}

describe('a limit of so many calls per window', () => {
  test('gives what the window allows and sends the rest to the next ones, a window’s worth to each', () => {
    const { granted, waits } = take(undefined, 25, 1_000)
    expect(granted).toBe(10)
    expect(waits.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 29_250))
    expect(waits.slice(9)).toEqual(Array.from({ length: 6 }, () => 59_250))
  })

  test('gives the whole window again at its end, a little late, and not before', () => {
    const { state } = take(undefined, 10, 1_000)
    expect(take(state, 1, 30_100).granted).toBe(0)
    expect(take(state, 11, 30_300).granted).toBe(10)
  })

  test('takes the number of calls from the answers', () => {
    const state = limit.observe(undefined, { askedAt: start, limit: 150, remaining: 149 }, start)
    expect(limit.take(state, 200, 'live', start).granted).toBe(149)
  })

  test('counts the calls of others with the same credentials', () => {
    const { state } = take(undefined, 2, 0)
    const seen = limit.observe(state, { askedAt: start + 10, limit: 10, remaining: 3 }, start + 20)
    expect(limit.take(seen, 9, 'live', start + 30).granted).toBe(3)
  })

  test('is not told of the new window by an answer to a call of the old one', () => {
    const { state } = take(undefined, 1, 30_300)
    const seen = limit.observe(state, { askedAt: start + 29_000, limit: 10, remaining: 0 }, start + 30_400)
    expect(limit.take(seen, 9, 'live', start + 30_500).granted).toBe(9)
  })

  test('after a refusal gives nothing until the ATS allows it, whatever the clock says', () => {
    const state = limit.observe(undefined, { askedAt: start, refusedForMs: 40_000 }, start)
    expect(limit.take(state, 1, 'live', start + 30_300)).toMatchObject({ granted: 0, waits: [9_950] })
    expect(limit.take(state, 1, 'live', start + 40_300).granted).toBe(1)
  })

  test('takes a refusal to heart also when the window of its call has ended', () => {
    const { state } = take(undefined, 1, 30_300)
    const seen = limit.observe(state, { askedAt: start + 29_000, refusedForMs: 5_000 }, start + 30_400)
    expect(limit.take(seen, 1, 'live', start + 30_500).granted).toBe(0)
    expect(limit.take(seen, 1, 'live', start + 35_700).granted).toBe(1)
  })

  test('gives the window’s calls again after a clock was put back', () => {
    const { state } = take(undefined, 10, 3_600_000 + 1_000)
    const { state: seen, granted, waits } = take(state, 1, 2_000)
    expect({ granted, waits }).toEqual({ granted: 0, waits: [29_250] })
    expect(take(seen, 11, 31_300).granted).toBe(10)
  })

  test('holds to a refusal for as long as it has to last after a clock was put back, and no longer', () => {
    const state = limit.observe(undefined, { askedAt: start, refusedForMs: 40_000 }, start + 3_600_000)
    const { state: seen, waits } = take(state, 1, 0)
    expect(waits).toEqual([40_250])
    expect(take(seen, 1, 40_300).granted).toBe(1)
  })

  test('counts on when a replica’s clock is a little behind', () => {
    const { state } = take(undefined, 10, 3_000)
    expect(take(state, 1, 1_000)).toMatchObject({ granted: 0, waits: [29_250] })
  })

  test('sends the sweep away for longer, and nobody live for its sake', () => {
    const { state, waits } = take(undefined, 12, 1_000, 'sweep')
    expect(waits.map((ms) => Math.round(ms / 30_000))).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    const live = take(state, 10, 1_001)
    expect(live).toMatchObject({ granted: 8, waits: [29_249, 29_249] })
    // As many as it may have in each window have had their turn.
    const { waits: later } = take(live.state, 13, 31_000, 'swept')
    expect(later.map((ms) => Math.round(ms / 30_000))).toEqual([2, 2, 2, 2, 2, 2])
  })

  test('lets the sweep look in the next window, however much it has queued', () => {
    const { state } = take(undefined, 1_000, 0, 'swept')
    expect(take(state, 1, 1_000, 'sweep').waits).toEqual([29_250])
    expect(take(state, 1, 30_300, 'sweep').granted).toBe(1)
  })

  test('leaves a quarter of it to the next live delivery by what a sweep has queued', () => {
    const { state, granted } = take(undefined, 100, 0, 'swept')
    expect(granted).toBe(7)
    expect(take(state, 100, 1).granted).toBe(3)
  })

  test('gives what a sweep has queued a quarter while live deliveries wait', () => {
    const { state } = take(undefined, 60, 0)
    expect(take(state, 100, 31_000, 'swept').granted).toBe(2)
  })

  test('leaves at least three quarters of it to live deliveries, however much the sweep wants', () => {
    const { state, granted } = take(undefined, 100, 0, 'sweep')
    expect(granted).toBe(2)
    expect(take(state, 100, 1).granted).toBe(8)
  })
})
