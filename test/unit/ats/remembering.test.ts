import { expect, it } from 'vitest'
import { remembering } from '../../../src/ats/remembering.ts'

function counted(answer: (count: number) => string | undefined) {
  const seen: string[] = []
  const clock = { now: 0 }
  const read = remembering(
    async (key) => {
      seen.push(key)
      return answer(seen.length)
    },
    { ttlMs: 100, now: () => clock.now },
  )
  return { read, seen, clock }
}

it('asks once while the answer is fresh, and again after', async () => {
  const { read, seen, clock } = counted((count) => `answer ${count}`)
  expect([await read('a'), await read('a'), await read('b')]).toEqual(['answer 1', 'answer 1', 'answer 2'])
  clock.now = 100
  expect(await read('a')).toBe('answer 3')
  expect(seen).toEqual(['a', 'b', 'a'])
})

it('lets askers at the same time share one call', async () => {
  const { read, seen } = counted(() => 'x')
  expect(await Promise.all([read('a'), read('a'), read('a')])).toEqual(['x', 'x', 'x'])
  expect(seen).toEqual(['a'])
})

it('does not remember that something was missing', async () => {
  const { read } = counted((count) => (count === 1 ? undefined : 'there'))
  expect([await read('a'), await read('a')]).toEqual([undefined, 'there'])
})

it('does not remember a failure', async () => {
  const { read } = counted((count) => {
    if (count === 1) throw new Error('down')
    return 'up'
  })
  await expect(read('a')).rejects.toThrow('down')
  expect(await read('a')).toBe('up')
})

it('forgets the oldest of very many', async () => {
  const { read, seen } = counted(() => 'x')
  for (let n = 0; n <= 1_000; n += 1) await read(String(n))
  await read('1000')
  await read('0')
  expect(seen).toHaveLength(1_002)
})
