import { expect, test } from 'vitest'
import { Clocks } from '../../../src/doctor/clocks.ts'

const now = Date.parse('2026-11-24T12:00:00.700Z')

test('a clock that tells whole seconds is not called wrong for its roughness', () => {
  const clocks = new Clocks()
  clocks.noteRough('Greenhouse', Date.parse('2026-11-24T12:00:00Z'), now)
  expect(clocks.findings()).toMatchObject([{ status: 'pass' }])
})

test('a clock that is apart is warned of with the direction', () => {
  const clocks = new Clocks()
  clocks.note('the store', 90_000)
  clocks.noteRough('Lever', now - 60_000, now)
  expect(clocks.findings().map(({ status, message }) => `${status}: ${message}`)).toEqual([
    'warn: this machine’s clock is 90.0 s behind that of the store',
    'warn: this machine’s clock is 60.0 s ahead of that of Lever',
  ])
})
