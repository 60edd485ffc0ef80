import { expect, it } from 'vitest'
import { wholeWindows } from '../../bench/parts/budget.ts'

it('counts a window without any call, and neither the one in which the work began nor the one in which it ended', () => {
  const windows = [
    { number: 7, accepted: 20 },
    { number: 8, accepted: 150 },
    { number: 10, accepted: 140 },
    { number: 11, accepted: 60 },
  ]
  expect(wholeWindows(windows)).toEqual({ whole: 3, accepted: 290 })
})
