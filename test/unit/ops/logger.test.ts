import { describe, expect, test } from 'vitest'
import { describeError } from '../../../src/ops/describe-error.ts'
import { makeLogger } from '../../../src/ops/logger.ts'

const recordOf = (write: (log: ReturnType<typeof makeLogger>) => void): Record<string, unknown> => {
  const lines: string[] = []
  write(makeLogger({ level: 'info', base: { role: 'all' }, destination: { write: (line) => void lines.push(line) } }))
  return JSON.parse(lines.join('')) as Record<string, unknown>
}

describe('a log record', () => {
  test('has the time in ISO 8601, the level as a word and the fields of the process', () => {
    expect(recordOf((log) => log.info({ delivery: 'dlv_1' }, 'delivery.attempted'))).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      service: 'interview-link-bridge',
      role: 'all',
      delivery: 'dlv_1',
      msg: 'delivery.attempted',
    })
  })

  test('loses what could be a secret or a person, at the top and two levels below', () => {
    const leak = { authorization: 'canary', 'x-api-key': 'canary', email: 'canary', name: 'canary', password: 'canary' }
    const record = recordOf((log) => log.info({ ...leak, one: { ...leak, two: leak } }, 'x'))
    expect(JSON.stringify(record)).not.toContain('canary')
  })

  test('keeps the masks of the boot summary', () => {
    const record = recordOf((log) => log.info({ settings: { adminPassword: 'set', token: 'unset' } }, 'settings'))
    expect(record['settings']).toEqual({ adminPassword: 'set', token: 'unset' })
  })

  test('holds nothing of a request that a client hung on its error', () => {
    const error = Object.assign(new Error('refused'), {
      code: 'ECONNREFUSED',
      request: { headers: { a: 'canary' } },
      detail: 'Key (email)=(canary) exists',
    })
    const record = recordOf((log) => log.error({ err: error }, 'x'))
    expect(record['err']).toMatchObject({ type: 'Error', message: 'refused', code: 'ECONNREFUSED' })
    expect(JSON.stringify(record)).not.toContain('canary')
  })
})

describe('a described error', () => {
  test('keeps the frames of its stack without the message before them', () => {
    const { stack } = describeError(new Error('canary in the message'))
    expect(stack).toContain('logger.test.ts')
    expect(stack).not.toContain('canary')
  })

  test('has lost the piece of the document that JSON.parse quotes', () => {
    const parse = () => {
      try {
        return JSON.parse('{"name": Canary "Jane"}')
      } catch (error) {
        return error
      }
    }
    const described = describeError(parse())
    expect(described.type).toBe('SyntaxError')
    expect(JSON.stringify(described)).not.toMatch(/Canary|Jane/)
  })

  test('has lost e-mail addresses and queries', () => {
    const { message } = describeError(new Error('no jane@example.com at https://a.example.com/b?token=canary today'))
    expect(message).toBe('no … at https://a.example.com/b?… today')
  })

  test('tells its cause in the same way', () => {
    const cause = Object.assign(new Error('deep "canary"'), { code: 'EPIPE', headers: 'canary' })
    const described = describeError(new Error('outer', { cause }))
    expect(described.cause).toMatchObject({ message: 'deep "…"', code: 'EPIPE' })
    expect(JSON.stringify(described)).not.toContain('canary')
  })

  test('is nothing but a word where something else was thrown', () => {
    expect(describeError('canary')).toEqual({ type: 'string', message: 'not an error' })
  })
})
