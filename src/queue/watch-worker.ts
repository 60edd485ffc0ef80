import type { Logger } from 'pino'
import { Watchdog, type WatchdogTimes } from '../ops/watchdog.ts'
import type { Store } from '../store/store.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import type { DeliveryWorker } from './delivery-worker.ts'

/** Overdue deliveries that are looked for in the queue. */
const SAMPLE = 20
const MARK_MS = 60_000

/**
 * Makes the watchdog of this process's worker. What the journal calls overdue counts only while the queue holds it
 * untaken: a delivery at work elsewhere, or one that the rescue has yet to put back, is not this worker's fault.
 */
export function watchWorker(
  worker: DeliveryWorker,
  queue: DeliveryQueue,
  { journal, cache }: Store,
  tools: {
    readonly log: Logger
    readonly now: () => number
    readonly onLost: () => void
    readonly times: Partial<WatchdogTimes>
  },
): Watchdog {
  const { now, ...rest } = tools
  return new Watchdog({
    ...rest,
    hasOverdue: async (ms) => {
      const overdue = await journal.overdue(now() - ms, SAMPLE)
      const waits = await Promise.all(overdue.map(({ delivery, round }) => queue.awaits(delivery.id, round)))
      return waits.includes(true)
    },
    tryStore: async () => await cache.set('watchdog', '', MARK_MS),
    progress: () => worker.progress,
    isFull: () => worker.isFull,
  })
}
