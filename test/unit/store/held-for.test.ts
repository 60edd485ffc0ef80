import { expect, test } from 'vitest'
import { heldFor } from '../../../src/store/held-for.ts'

test('an answer is held for its time, and asked for again after it or when it is to be forgotten', async () => {
  let at = 0
  let asked = 0
  const { get: held, forget } = heldFor(
    10,
    async () => {
      asked += 1
      return asked
    },
    () => at,
  )
  expect(await Promise.all([held(), held()])).toEqual([1, 1])
  at = 9
  expect(await held()).toBe(1)
  at = 10
  expect(await held()).toBe(2)
  forget()
  expect(await held()).toBe(3)
})

test('a failure is not held', async () => {
  let isAway = true
  const { get: held } = heldFor(10, async () => {
    if (isAway) throw new Error('away')
    return 'there'
  })
  await expect(Promise.all([held(), held()])).rejects.toThrow('away')
  isAway = false
  expect(await held()).toBe('there')
})
