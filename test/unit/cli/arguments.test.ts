import { describe, expect, test } from 'vitest'
import { parseFlags, wantsHelp } from '../../../src/cli/arguments.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'

const options = { stay: { type: 'boolean' }, since: { type: 'string' } } as const
const refusal = (...args: readonly string[]): string => {
  try {
    parseFlags(args, options)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return ''
}

describe('flags', () => {
  test('are read with their values', () => {
    expect({ ...parseFlags(['--stay', '--since', '7d'], options) }).toEqual({ stay: true, since: '7d' })
  })

  test('two letters wrong get a hint, three get none', () => {
    expect(refusal('--sincee')).toBe('There is no flag --sincee. Did you mean --since?')
    expect(refusal('--sxxxe')).toBe('There is no flag --sxxxe.')
  })

  test('a value that is missing is told', () => {
    expect(refusal('--since')).toContain('--since')
  })

  test('a value that is not wanted is told', () => {
    expect(refusal('--stay=yes')).toContain('--stay')
  })

  test('a word that is no flag is refused', () => {
    expect(refusal('now')).toBe('"now" is not expected here.')
  })

  test.each([
    [['--help'], true],
    [['--stay', '-h'], true],
    [['--', '--help'], false],
    [['--since', '7d'], false],
  ])('%j asks for help: %s', (args, expected) => {
    expect(wantsHelp(args)).toBe(expected)
  })
})
