import { expect, test } from 'vitest'
import { parseDuration } from '../../../src/cli/duration.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'

test.each([
  ['90m', 5_400_000],
  ['48h', 172_800_000],
  ['7d', 604_800_000],
  [' 2w ', 1_209_600_000],
])('%s is a length of time', (text, ms) => {
  expect(parseDuration(text, '--since')).toBe(ms)
})

test.each(['', '7', 'd', '0d', '-7d', '1.5h', '7 d', '7D', '123456d', '2026-11-24', '7dd'])('"%s" is none', (text) => {
  expect(() => parseDuration(text, '--since')).toThrow(UsageError)
  expect(() => parseDuration(text, '--since')).toThrow(
    `--since takes a length of time such as 90m, 48h, 7d or 2w, not "${text}".`,
  )
})
