import { describe, expect, test } from 'vitest'
import { pass } from '../../../src/doctor/finding.ts'
import { runChecks } from '../../../src/doctor/run-checks.ts'

describe('checks', () => {
  test('run together, and their findings stand in the order of the checks', async () => {
    const second = Promise.withResolvers<void>()
    const results = await runChecks([
      {
        check: 'one',
        async *run() {
          // Ends only if the second check is at work meanwhile.
          await second.promise
          yield pass('first')
        },
      },
      {
        check: 'two',
        *run() {
          second.resolve()
          yield pass('second')
        },
      },
    ])
    expect(results.map(({ check, message }) => `${check} ${message}`)).toEqual(['one first', 'two second'])
  })

  test('that fail take none of the others with them', async () => {
    const broken = {
      check: 'broken',
      // biome-ignore lint/correctness/useYield: it fails before it finds anything
      *run() {
        throw Object.assign(new Error('secret words'), { code: 'ECONNREFUSED' })
      },
    }
    const results = await runChecks([broken, { check: 'well', run: () => [pass('well')] }])
    expect(results.map(({ status }) => status)).toEqual(['fail', 'pass'])
    expect(results[0]?.message).toContain('nothing listens there')
    expect(JSON.stringify(results)).not.toContain('secret words')
  })

  test('that do not end fail in the end, with what they had found by then', async () => {
    const hanging = {
      check: 'hanging',
      async *run() {
        yield pass('so far')
        await new Promise(() => undefined)
      },
    }
    const results = await runChecks([hanging], 20)
    expect(results.map(({ status }) => status)).toEqual(['pass', 'fail'])
    expect(results[1]?.message).toContain('no answer within')
  })
})
