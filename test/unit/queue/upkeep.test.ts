import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startUpkeep } from '../../../src/queue/upkeep.ts'

const lost = { delivery: { id: 'dlv_lost' }, round: 2, dueAt: 0 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Upkeep of a store whose queue has lost one delivery. @returns the rounds put back and what was purged so far, and what stops it */
function upkeepWithLoss(holds: () => Promise<boolean> = async () => false) {
  const putBack: [string, number][] = []
  const purged: string[] = []
  const purge = (name: string) => async () => {
    purged.push(name)
    return 0
  }
  const stop = startUpkeep({
    journal: { overdue: async () => [lost], purge: purge('journal') } as never,
    ledger: { purge: purge('ledger') } as never,
    webhooks: { purge: purge('webhooks') } as never,
    store: { purge: purge('store') } as never,
    queue: { holds, addRound: async ({ id }, round) => void putBack.push([id, round]) },
    retentionDays: 90,
    now: () => 1_000_000,
    log: pino({ level: 'silent' }),
  })
  return { putBack, purged, stop }
}

test('puts back what the queue has lost within seconds of the start: a process may not live long', async () => {
  const { putBack, stop } = upkeepWithLoss()
  await vi.advanceTimersByTimeAsync(20_000)
  stop()
  expect(putBack).toEqual([['dlv_lost', 2]])
})

test('purges everything that grows', async () => {
  const { purged, stop } = upkeepWithLoss()
  await vi.advanceTimersByTimeAsync(20_000)
  stop()
  expect(purged).toEqual(['journal', 'webhooks', 'ledger', 'store'])
})

test('comes round again while nothing holds it up', async () => {
  const { putBack, stop } = upkeepWithLoss()
  await vi.advanceTimersByTimeAsync(110_000)
  stop()
  expect(putBack).toHaveLength(4)
})

test('begins nothing anew while a slow store still holds up the last time', async () => {
  let asked = 0
  const slow = Promise.withResolvers<boolean>()
  const { putBack, stop } = upkeepWithLoss(() => {
    asked += 1
    return slow.promise
  })
  await vi.advanceTimersByTimeAsync(300_000)
  expect(asked).toBe(1)
  slow.resolve(false)
  await vi.advanceTimersByTimeAsync(30_000)
  stop()
  expect(putBack).toHaveLength(2)
})

test('does nothing more once it is stopped, even before the first time', async () => {
  const { putBack, stop } = upkeepWithLoss()
  stop()
  await vi.advanceTimersByTimeAsync(300_000)
  expect(putBack).toEqual([])
})
