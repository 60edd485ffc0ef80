import { describe, expect, test } from 'vitest'
import { gathered, withoutEffects } from '../../../src/alert/gather.ts'
import { type AlertReason, keyOf, type Trouble } from '../../../src/alert/trouble.ts'

const aTrouble = (reason: AlertReason, connection: string, more: Partial<Trouble> = {}): Trouble => {
  return { reason, connection, count: 1, dead: 0, ...more }
}

test('what is about one connection and one reason is counted together, over the whole time', () => {
  const troubles = [
    aTrouble('ats-refusing-key', 'berlin', { count: 3, dead: 3, first: 20, last: 30 }),
    aTrouble('ats-refusing-key', 'berlin', { count: 4, first: 25, last: 50 }),
    aTrouble('ats-refusing-key', 'berlin', { count: 0 }),
    aTrouble('ats-refusing-key', 'munich'),
  ]
  expect(gathered(troubles)).toEqual([
    aTrouble('ats-refusing-key', 'berlin', { count: 7, dead: 3, first: 20, last: 50 }),
    aTrouble('ats-refusing-key', 'munich'),
  ])
})

describe('a cause mutes its effects', () => {
  const left = (...troubles: readonly Trouble[]) => withoutEffects(troubles).map(keyOf)

  test.each(['sweep-late', 'sweep-gap', 'stuck'] as const)(
    'refused credentials %s of the same connection',
    (effect) => {
      expect(left(aTrouble(effect, 'berlin'), aTrouble('ats-refusing-key', 'berlin'))).toEqual([
        'ats-refusing-key berlin',
      ])
      expect(left(aTrouble(effect, 'munich'), aTrouble('ats-refusing-key', 'berlin'))).toHaveLength(2)
    },
  )

  test('the vendor’s key what is stuck on every connection', () => {
    const stuck = [aTrouble('stuck', 'berlin'), aTrouble('stuck', 'munich')]
    expect(left(...stuck, aTrouble('vendor-refusing-key', ''))).toEqual(['vendor-refusing-key '])
  })

  test('no worker both that nothing is taken up and that nothing is swept', () => {
    expect(left(aTrouble('sweep-late', 'berlin'), aTrouble('stuck', 'berlin'))).toEqual(['stuck berlin'])
  })

  test('and nothing else', () => {
    const troubles = [
      aTrouble('field-not-found', 'berlin'),
      aTrouble('silent', 'berlin'),
      aTrouble('ats-refusing-key', 'berlin'),
    ]
    expect(left(...troubles)).toHaveLength(3)
  })
})
