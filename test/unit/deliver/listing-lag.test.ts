import { expect, it } from 'vitest'
import { LISTING_LAG_MS, lagLeft } from '../../../src/deliver/listing-lag.ts'

it.each([
  [0, LISTING_LAG_MS],
  [1_000, LISTING_LAG_MS - 1_000],
  [LISTING_LAG_MS, 0],
  [3_600_000, 0],
  [-3_600_000, LISTING_LAG_MS],
])('after %i ms by the clock a list is waited for another %i ms', (passed, left) => {
  const at = Date.parse('2026-11-23T12:00:00Z')
  expect(lagLeft(at, at + passed)).toBe(left)
})
