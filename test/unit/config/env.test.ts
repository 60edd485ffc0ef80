import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { readEnvironment } from '../../../src/config/env.ts'

const folder = mkdtempSync(join(tmpdir(), 'bridge-env-'))
const envFile = (text: string): string => {
  const file = join(folder, '.env')
  writeFileSync(file, text)
  return file
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('.env', () => {
  test('its values are read, quotes, comments and line ends of Windows included', () => {
    const file = envFile('BRIDGE_A=one\r\n# remark\r\nBRIDGE_B="two words" # remark\r\nBRIDGE_C=\r\n')
    expect(readEnvironment(file)).toMatchObject({ BRIDGE_A: 'one', BRIDGE_B: 'two words', BRIDGE_C: '' })
  })

  test('the real environment wins, also where it sets a variable to nothing', () => {
    vi.stubEnv('BRIDGE_A', 'real')
    vi.stubEnv('BRIDGE_B', '')
    expect(readEnvironment(envFile('BRIDGE_A=file\nBRIDGE_B=file\n'))).toMatchObject({ BRIDGE_A: 'real', BRIDGE_B: '' })
  })

  test('without the file the real environment alone counts', () => {
    vi.stubEnv('BRIDGE_A', 'real')
    expect(readEnvironment(join(folder, 'none'))).toMatchObject({ BRIDGE_A: 'real' })
  })

  test('a file that cannot be read is a configuration problem', () => {
    expect(() => readEnvironment(folder)).toThrow(ConfigError)
  })
})
