import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fuzz } from '../fuzz/fuzz.ts'
import { privateRedis } from '../support/private-stores.ts'

/** A fortieth of `npm run test:fuzz`. */
const REQUESTS = 2_500
const MIB = 1024 * 1024

describe('the receiver under changed webhooks', () => {
  test('gives documented answers only, and keeps nothing in memory', async () => {
    const seed = randomInt(2 ** 31)
    const store = await privateRedis()
    try {
      const { byStatus, strange, heap } = await fuzz(store.settings, { requests: REQUESTS, seed })
      expect({ seed, strange }).toEqual({ seed, strange: [] })
      // The changes reach every answer but those that need a store in trouble.
      expect(Object.keys(byStatus)).toEqual(expect.arrayContaining(['200', '400', '401', '404', '415']))
      expect({ seed, isFlat: heap[1] - heap[0] < 16 * MIB }).toEqual({ seed, isFlat: true })
    } finally {
      await store.remove()
    }
  })
})
