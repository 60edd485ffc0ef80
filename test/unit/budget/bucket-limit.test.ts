import { describe, expect, test } from 'vitest'
import { bucketLimit } from '../../../src/budget/bucket-limit.ts'

const limit = bucketLimit({ perSecond: 10, burst: 15 })
const start = Date.parse('2026-11-24T10:00:00Z')

describe('a bucket of calls', () => {
  test('gives its burst at once and spreads the rest by its rate', () => {
    const { granted, waits } = limit.take(undefined, 18, 'live', start)
    expect(granted).toBe(15)
    expect(waits).toEqual([100, 200, 300])
  })

  test('regains calls with time, up to its burst', () => {
    const { state } = limit.take(undefined, 15, 'live', start)
    expect(limit.take(state, 15, 'live', start + 500).granted).toBe(5)
    expect(limit.take(state, 99, 'live', start + 60_000).granted).toBe(15)
  })

  test('regains calls also after a clock was put back', () => {
    const { state } = limit.take(undefined, 15, 'live', start + 3_600_000)
    const seen = limit.take(state, 1, 'live', start)
    expect(seen).toMatchObject({ granted: 0, waits: [100] })
    expect(limit.take(seen.state, 15, 'live', start + 500).granted).toBe(5)
  })

  test('holds to a refusal for as long as it has to last after a clock was put back, and no longer', () => {
    const state = limit.observe(undefined, { askedAt: start, refusedForMs: 2_000 }, start + 3_600_000)
    const seen = limit.take(state, 0, 'live', start)
    expect(limit.take(seen.state, 1, 'live', start + 1_000).granted).toBe(0)
    expect(limit.take(seen.state, 1, 'live', start + 2_200).granted).toBe(1)
  })

  test('after a refusal gives nothing until the ATS allows it', () => {
    const state = limit.observe(undefined, { askedAt: start, refusedForMs: 2_000 }, start)
    expect(limit.take(state, 1, 'live', start + 1_000).granted).toBe(0)
    expect(limit.take(state, 1, 'live', start + 2_200).granted).toBe(1)
  })

  test('spreads the sweep by a quarter of its rate, and nobody live for its sake', () => {
    const { waits, state } = limit.take(undefined, 6, 'sweep', start)
    expect(waits).toEqual([400, 800, 1_200])
    expect(limit.take(state, 14, 'live', start)).toMatchObject({ granted: 12, waits: [100, 200] })
  })

  test('gives the sweep a quarter of it at most', () => {
    const { granted, state } = limit.take(undefined, 99, 'sweep', start)
    expect(granted).toBe(3)
    expect(limit.take(state, 99, 'live', start).granted).toBe(12)
  })
})
