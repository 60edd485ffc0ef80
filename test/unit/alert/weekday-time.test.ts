import { expect, test } from 'vitest'
import { weekdayMs } from '../../../src/alert/weekday-time.ts'

const HOUR_MS = 3_600_000
const hours = (from: string, to: string) => weekdayMs(Date.parse(from), Date.parse(to)) / HOUR_MS

test.each([
  ['within a day', '2026-11-25T09:00Z', '2026-11-25T17:00Z', 8],
  ['over a night', '2026-11-25T17:00Z', '2026-11-26T09:00Z', 16],
  ['over a weekend', '2026-11-20T17:00Z', '2026-11-23T09:00Z', 16],
  ['within a weekend', '2026-11-21T01:00Z', '2026-11-22T23:00Z', 0],
  ['over a week', '2026-11-18T12:00Z', '2026-11-25T12:00Z', 120],
  ['none', '2026-11-25T09:00Z', '2026-11-25T09:00Z', 0],
  ['backwards', '2026-11-26T09:00Z', '2026-11-25T09:00Z', 0],
])('time %s counts where it lies on weekdays', (_name, from, to, expected) => {
  expect(hours(from, to)).toBe(expected)
})
