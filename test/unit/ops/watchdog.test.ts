import { pino } from 'pino'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Watchdog } from '../../../src/ops/watchdog.ts'

const EVERY = 5_000
const MINUTE = 60_000

describe('the watchdog', () => {
  let overdue: boolean
  let isStoreAway: boolean
  let isFull: boolean
  let progress: number
  let lost: number
  let dog: Watchdog

  beforeEach(() => {
    overdue = false
    isStoreAway = false
    isFull = false
    progress = 0
    lost = 0
    dog = new Watchdog({
      hasOverdue: async (ms) => overdue && ms === MINUTE,
      tryStore: async () => {
        if (isStoreAway) throw new Error('away')
      },
      progress: () => progress,
      isFull: () => isFull,
      log: pino({ level: 'silent' }),
      onLost: () => {
        lost += 1
      },
    })
  })
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= EVERY) await dog.look()
  }

  test('finds a worker stuck that takes nothing for a minute though deliveries are overdue', async () => {
    overdue = true
    await pass(MINUTE - EVERY)
    expect(dog.isStuck).toBe(false)
    await pass(EVERY)
    expect(dog.isStuck).toBe(true)
  })

  test('gives it up two minutes later, once', async () => {
    overdue = true
    await pass(3 * MINUTE - EVERY)
    expect(lost).toBe(0)
    await pass(2 * MINUTE)
    expect(lost).toBe(1)
  })

  test('leaves one alone that ends a delivery now and then, however long the queue', async () => {
    overdue = true
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await pass(MINUTE - EVERY)
      progress += 1
      await pass(EVERY)
    }
    expect({ stuck: dog.isStuck, lost }).toEqual({ stuck: false, lost: 0 })
  })

  test('leaves one alone that has nothing to do, and notices soon when that has changed', async () => {
    await pass(60 * MINUTE)
    expect(dog.isStuck).toBe(false)
    overdue = true
    await pass(EVERY)
    expect(dog.isStuck).toBe(true)
  })

  test('leaves one alone whose store is away, and a while after that', async () => {
    overdue = true
    isStoreAway = true
    await pass(60 * MINUTE)
    isStoreAway = false
    await pass(MINUTE - EVERY)
    expect({ stuck: dog.isStuck, lost }).toEqual({ stuck: false, lost: 0 })
  })

  test('leaves one alone whose places are all taken, for as long as attempts may last', async () => {
    overdue = true
    isFull = true
    await pass(5 * MINUTE - EVERY)
    expect(dog.isStuck).toBe(false)
    await pass(EVERY)
    expect(dog.isStuck).toBe(true)
  })

  test('takes back its word when the worker goes on', async () => {
    overdue = true
    await pass(2 * MINUTE)
    progress += 1
    await pass(EVERY)
    expect(dog.isStuck).toBe(false)
    await pass(3 * MINUTE - EVERY)
    expect(lost).toBe(0)
  })

  test('keeps one pace however often it is started', async () => {
    vi.useFakeTimers()
    overdue = true
    dog.start()
    dog.start()
    await vi.advanceTimersByTimeAsync(MINUTE - 1)
    const wasStuck = dog.isStuck
    await vi.advanceTimersByTimeAsync(1)
    dog.stop()
    vi.useRealTimers()
    expect([wasStuck, dog.isStuck]).toEqual([false, true])
  })
})
