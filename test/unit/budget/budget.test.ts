import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { bucketLimit } from '../../../src/budget/bucket-limit.ts'
import { makeBudget } from '../../../src/budget/budget.ts'
import type { BudgetState } from '../../../src/budget/limit.ts'
import { windowLimit } from '../../../src/budget/window-limit.ts'
import { RetryableError } from '../../../src/domain/errors.ts'
import { MemoryCache } from '../../support/ats-tools.ts'
import { until } from '../../support/until.ts'

const now = Date.parse('2026-11-24T10:00:01Z')
const aWindow = windowLimit({ windowMs: 30_000, assumed: 10 })

async function takeMany(budget: ReturnType<typeof makeBudget>, count: number) {
  const results = await Promise.allSettled(Array.from({ length: count }, () => budget.take('live')))
  return results.filter(({ status }) => status === 'fulfilled').length
}

describe('a budget', () => {
  test('is one for all replicas on a store', async () => {
    const cache = new MemoryCache()
    const replicas = [0, 1, 2].map(() => makeBudget('greenhouse', aWindow, cache, () => now))
    const taken = await Promise.all(replicas.map((budget) => takeMany(budget, 7)))
    expect(taken.reduce((sum, one) => sum + one)).toBe(10)
  })

  test('is one for each connection', async () => {
    const cache = new MemoryCache()
    expect(
      await takeMany(
        makeBudget('one', aWindow, cache, () => now),
        11,
      ),
    ).toBe(10)
    expect(
      await takeMany(
        makeBudget('two', aWindow, cache, () => now),
        11,
      ),
    ).toBe(10)
  })

  test('asks the store once for all who come at the same time', async () => {
    const cache = new MemoryCache()
    let asked = 0
    const counting = { get: cache.get.bind(cache), set: cache.set.bind(cache), swap: cache.swap.bind(cache) }
    const budget = makeBudget(
      'greenhouse',
      aWindow,
      {
        ...counting,
        get: async (name) => {
          asked += 1
          return await cache.get(name)
        },
      },
      () => now,
    )
    await takeMany(budget, 10)
    expect(asked).toBe(1)
  })

  test('tells the store of an answer only if it is news', async () => {
    const cache = new MemoryCache()
    const budget = makeBudget('greenhouse', aWindow, cache, () => now)
    await takeMany(budget, 3)
    cache.entries.clear()
    for (const remaining of [9, 8, 7]) budget.observe({ askedAt: now, limit: 10, remaining })
    await turnOfTheEventLoop()
    expect(cache.entries.size).toBe(0)
    budget.observe({ askedAt: now, limit: 10, remaining: 6 })
    await until(() => cache.entries.size > 0)
  })

  test('sends a caller away with the time of the next window, which is no attempt', async () => {
    const budget = makeBudget('greenhouse', aWindow, new MemoryCache(), () => now)
    await takeMany(budget, 10)
    const error = await budget.take('live').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RetryableError)
    expect(error).toMatchObject({ reason: 'rate-limited', isAttempt: false, retryAfterMs: 29_250 })
  })

  test('goes on with what a replica of the version before has written', async () => {
    const cache = new MemoryCache()
    await takeMany(
      makeBudget('greenhouse', aWindow, cache, () => now),
      8,
    )
    const { seenAt: _, ...before } = JSON.parse(cache.entries.get('budget:greenhouse') ?? '') as BudgetState
    cache.entries.set('budget:greenhouse', JSON.stringify(before))
    expect(
      await takeMany(
        makeBudget('greenhouse', aWindow, cache, () => now),
        8,
      ),
    ).toBe(2)
  })

  test('lets a caller wait in place when the wait is short', async () => {
    const budget = makeBudget('lever', bucketLimit({ perSecond: 50, burst: 1 }), new MemoryCache(), Date.now)
    await budget.take('live')
    await expect(budget.take('live')).resolves.toBeUndefined()
  })

  test('tells how long deliveries are made to wait, and nothing of a sweep’s waiting', async () => {
    const waits: number[] = []
    const budget = makeBudget(
      'greenhouse',
      aWindow,
      new MemoryCache(),
      () => now,
      (ms) => waits.push(ms),
    )
    await takeMany(budget, 10)
    await budget.take('sweep').catch(() => undefined)
    await budget.take('live').catch(() => undefined)
    expect(waits).toEqual([29_250])
  })

  test('knows how much of it is used', async () => {
    const budget = makeBudget('greenhouse', aWindow, new MemoryCache(), () => now)
    await takeMany(budget, 5)
    expect(budget.usedRatio()).toBe(0.5)
  })

  test('knows that a window which has ended is used no more', async () => {
    let clock = now
    const budget = makeBudget('greenhouse', aWindow, new MemoryCache(), () => clock)
    await takeMany(budget, 5)
    clock += 3_600_000
    expect(budget.usedRatio()).toBe(0)
  })
})
