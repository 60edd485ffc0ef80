import type { Logger } from 'pino'
import { makeAdapters } from '../ats/make-adapters.ts'
import type { Settings } from '../config/settings.ts'
import { makeAgent } from '../http/agent.ts'
import { makeMetrics } from '../ops/metrics/metrics.ts'
import { observedIn } from '../ops/metrics/observed.ts'
import { makeReport } from '../ops/report.ts'
import { DeliveryQueue } from '../queue/delivery-queue.ts'
import { firstContact } from '../queue/first-contact.ts'
import { openStoreBeside } from '../store/open-store.ts'
import { startStoreClock } from '../store/store-clock.ts'
import type { SweepTools } from './sweep-connection.ts'
import { sweepTools } from './sweep-tools.ts'

/** What a sweep by hand needs: the service's store, adapters and queue, without server and worker. */
export interface SweepByHand {
  readonly tools: SweepTools
  close(): Promise<void>
}

/**
 * Builds a sweep by hand, beside the running service or without one.
 * @throws FolderInUseError the embedded store belongs to the running service
 * @throws WrongKeyError, StoreUnavailableError
 */
export async function openSweep(settings: Settings, log: Logger): Promise<SweepByHand> {
  const store = await openStoreBeside(settings.store, settings.encryptionKeys)
  const dispatcher = makeAgent()
  const { observeCall, observeWait, clocksCompared } = makeReport(log, makeMetrics(observedIn(settings)))
  const { now, stop } = await startStoreClock(store, clocksCompared)
  const adapters = makeAdapters(settings.connections, {
    dispatcher,
    cache: store.cache,
    log,
    now,
    observeCall,
    observeWait,
  })
  const queue = new DeliveryQueue(store.queueAccess, store.journal, log)
  await firstContact(store, queue)
  return {
    tools: sweepTools(settings, { store, adapters, queue, now }),
    close: async () => {
      stop()
      await queue.close()
      await dispatcher.close()
      await store.close()
    },
  }
}
