import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startUpkeep } from '../../../src/queue/upkeep.ts'

const lost = { delivery: { id: 'dlv_lost' }, round: 2, dueAt: 0 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Upkeep of a store whose queue has lost one delivery. @returns the rounds put back and what was purged so far, and what stops it */
function upkeepWithLoss() {
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
    queue: { holds: async () => false, addRound: async ({ id }, round) => void putBack.push([id, round]) },
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

test('does nothing more once it is stopped, even before the first time', async () => {
  const { putBack, stop } = upkeepWithLoss()
  stop()
  await vi.advanceTimersByTimeAsync(300_000)
  expect(putBack).toEqual([])
})
