import type { Store } from '../store/store.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import type { DeliveryWorker } from './delivery-worker.ts'

/**
 * Waits until queue and worker have reached a database. BullMQ remembers a first contact that failed for ever, and a
 * worker then takes up the process with trying again at once: better not to start. On Redis it heals by itself.
 * @throws StoreUnavailableError; the store is closed then
 * @see bullmq6.md section 13
 */
export async function firstContact(
  store: Pick<Store, 'kind' | 'close'>,
  queue: DeliveryQueue,
  worker?: DeliveryWorker,
): Promise<void> {
  if (store.kind === 'redis') return
  try {
    await Promise.all([queue.ready(), worker?.ready()])
  } catch (error) {
    await store.close()
    throw error
  }
}
