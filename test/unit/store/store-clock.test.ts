import { afterEach, describe, expect, test } from 'vitest'
import { type StoreClock, startStoreClock } from '../../../src/store/store-clock.ts'
import { until } from '../../support/until.ts'

const HOUR = 3_600_000

describe('the clock of the store', () => {
  const clocks: StoreClock[] = []
  const told: number[] = []

  afterEach(() => {
    for (const clock of clocks.splice(0)) clock.stop()
    told.length = 0
  })

  const start = async (skew: () => Promise<{ skewMs: number; answerMs: number }>) => {
    const clock = await startStoreClock({ skew }, (aheadMs) => told.push(aheadMs), { everyMs: 1 })
    clocks.push(clock)
    return clock
  }
  /** How far it is ahead of the machine's, to the minute. */
  const minutesAhead = ({ now }: StoreClock) => Math.round((now() - Date.now()) / 60_000)

  test.each([1, -1])('is gone by when the machine’s is an hour off (%i)', async (direction) => {
    const clock = await start(async () => ({ skewMs: direction * HOUR, answerMs: 2 }))
    expect(minutesAhead(clock)).toBe(direction * 60)
    expect(told[0]).toBe(direction * (HOUR - 1))
  })

  test('is followed when it changes', async () => {
    let skewMs = 0
    const clock = await start(async () => ({ skewMs, answerMs: 1 }))
    expect(minutesAhead(clock)).toBe(0)
    skewMs = HOUR
    await until(() => minutesAhead(clock) === 60)
    skewMs = 0
    await until(() => minutesAhead(clock) === 0)
  })

  test('is not gone by for less than a second, nor for less than the answer leaves in doubt', async () => {
    const answers = [
      { skewMs: 900, answerMs: 2 },
      { skewMs: 10 * 60_000, answerMs: 20 * 60_000 },
    ]
    const asked = [...answers]
    const clock = await start(async () => asked.shift() ?? { skewMs: 0, answerMs: 2 })
    await until(() => told.length > answers.length)
    expect(minutesAhead(clock)).toBe(0)
    expect(told.slice(0, 2)).toEqual([899, 0])
  })

  test('is the machine’s while the store is away, and looked at when it is there', async () => {
    let isAway = true
    const clock = await start(async () => {
      if (isAway) throw new Error('away')
      return { skewMs: HOUR, answerMs: 2 }
    })
    expect(minutesAhead(clock)).toBe(0)
    isAway = false
    await until(() => minutesAhead(clock) === 60)
  })

  test('tells whole milliseconds, never before the machine’s own', async () => {
    const before = Date.now()
    const { now } = await start(async () => ({ skewMs: 0, answerMs: 2 }))
    const shown = now()
    expect(Number.isInteger(shown)).toBe(true)
    expect(shown).toBeGreaterThanOrEqual(before)
  })
})
