import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { SetupFailedError } from '../../../src/setup/asker.ts'
import { changedNames, envLine, withVariables } from '../../../src/setup/env-file.ts'

describe('.env', () => {
  test.each(['plain-1.2:3/4@x', 'with blanks', '#hash', 'a$b', 'back\\slash', '"double"', 'umlaut ä', ''])(
    'gives back the value %j that was written',
    (value) => {
      expect(parseEnv(envLine('NAME', value))['NAME']).toBe(value)
    },
  )

  test('refuses a value that no line can hold', () => {
    expect(() => envLine('NAME', 'one\ntwo')).toThrow(SetupFailedError)
    expect(() => envLine('NAME', "it's # odd")).toThrow(SetupFailedError)
  })

  test('keeps what is there, sets values in place and puts new ones at the end', () => {
    const text = '# mine\nPORT=3000\n#REDIS_URL=redis://127.0.0.1\nOTHER=1\n'
    const after = withVariables(text, [
      { name: 'PORT', value: '4000' },
      { name: 'REDIS_URL', value: 'redis://store' },
      { name: 'NEW', value: 'x', comment: 'What it is for' },
    ])
    expect(after).toBe('# mine\nPORT=4000\nREDIS_URL=redis://store\nOTHER=1\n\n# What it is for\nNEW=x\n')
  })

  test('names what changes without a single value', () => {
    const changes = changedNames('KEY=old-secret\nSAME=1\n', [
      { name: 'KEY', value: 'new-secret' },
      { name: 'SAME', value: '1' },
      { name: 'ADDED', value: 'third-secret' },
    ])
    expect(changes).toEqual({ added: ['ADDED'], replaced: ['KEY'] })
  })
})
