import { afterAll, expect, test } from 'vitest'
import { commandTools } from '../../../src/doctor/ats-tools.ts'
import { borrowed, memoryCache } from '../../../src/doctor/borrowed.ts'
import { makeAgent } from '../../../src/http/agent.ts'
import type { PostgresFacts } from '../../../src/store/postgres-inspect.ts'

const HOUR = 3_600_000

const facts: PostgresFacts = {
  kind: 'postgres',
  version: '16.4',
  fsync: 'on',
  synchronousCommit: 'on',
  fullPageWrites: 'on',
  isStandby: false,
  hasTables: true,
  answerMs: 2,
  skewMs: 0,
}
const dispatcher = makeAgent()

afterAll(async () => await dispatcher.destroy())

test.each([1, -1])(
  'a command on a machine whose clock is an hour off writes budgets by the store’s clock (%i)',
  async (direction) => {
    const cache = memoryCache()
    const opened = Promise.resolve({ facts: { ...facts, skewMs: direction * HOUR }, cache, close: async () => {} })
    const { budget } = commandTools('greenhouse', 'greenhouse', { dispatcher, ...borrowed(opened) })
    await budget.take('live')
    const { at } = JSON.parse((await cache.get('budget:greenhouse')) ?? '{}')
    expect(Math.round((at - Date.now()) / HOUR)).toBe(direction)
  },
)

test('a command that reaches no store goes by its own clock and a cache of its own', async () => {
  const { cache, now } = borrowed(Promise.resolve(undefined))
  await cache.set('token', 'sealed', HOUR)
  expect(await cache.get('token')).toBe('sealed')
  expect(Math.round((now() - Date.now()) / HOUR)).toBe(0)
})
