import { type IQueueBackend, type JobsOptions, Queue } from 'bullmq'
import type { Logger } from 'pino'
import type { Delivery } from '../domain/delivery.ts'
import { StoreUnavailableError } from '../domain/errors.ts'
import type { Journal } from '../journal/journal.ts'
import { batched } from '../store/batched.ts'
import type { QueueAccess } from '../store/store.ts'
import { QUEUE, type QueuedDelivery, queuedId, toQueued } from './queued-delivery.ts'

/** How long the store may take over a delivery before the sender is asked to come again. */
const TAKE_WITHIN_MS = 2_000

const jobOptions: JobsOptions = {
  // The journal decides when to give up; the queue only has to go on until it does.
  attempts: 1_000_000,
  backoff: { type: 'bridge' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
  keepLogs: 0,
}

type BulkJob = Parameters<DeliveriesQueue['addBulk']>[0][number]
type DeliveriesQueue = Queue<QueuedDelivery, void, string, QueuedDelivery, void, string, IQueueBackend>

/** The seam between receiving and delivering. */
export class DeliveryQueue {
  readonly #queue: DeliveriesQueue
  readonly #journal: Journal
  readonly #addBatched = batched((jobs: readonly BulkJob[]) => this.#queue.addBulk([...jobs]))

  constructor(access: QueueAccess, journal: Journal, log: Logger) {
    this.#queue = new Queue<QueuedDelivery, void, string, QueuedDelivery, void, string, IQueueBackend>(
      QUEUE,
      { ...access.producer, defaultJobOptions: jobOptions },
      access.backend,
    )
    this.#queue.on('error', (error) => log.debug({ err: error }, 'queue connection'))
    this.#journal = journal
  }

  /**
   * Notes and queues a delivery, durably. Known ones are queued again unless they have ended: the queue drops the
   * second of one id, and a delivery whose first queueing failed half-way gets its job after all.
   * @returns whether it was new
   * @throws StoreUnavailableError the store did not take it within 2 s; it may have, and sending again does no harm
   */
  async accept(delivery: Delivery): Promise<boolean> {
    const noted = Promise.all([this.#journal.received(delivery), this.#add(delivery, 0)])
    const [{ isNew }] = await within(TAKE_WITHIN_MS, noted)
    return isNew
  }

  /** Queues one more round of a delivery that the journal has put back to queued. */
  async addRound(delivery: Delivery, round: number): Promise<void> {
    await within(TAKE_WITHIN_MS, this.#add(delivery, round))
  }

  /** Whether the queue still holds the delivery's round. */
  async holds(deliveryId: string, round: number): Promise<boolean> {
    return (await this.#queue.getJob(queuedId(deliveryId, round))) !== undefined
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  async #add(delivery: Delivery, round: number): Promise<void> {
    await this.#addBatched({ name: 'deliver', data: toQueued(delivery), opts: { jobId: queuedId(delivery.id, round) } })
  }
}

/** The result, or StoreUnavailableError when it does not come in time or the store refuses. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new StoreUnavailableError('the store did not answer in time')), ms)
  try {
    return await Promise.race([work, late.promise])
  } catch (error) {
    throw error instanceof StoreUnavailableError
      ? error
      : new StoreUnavailableError('the store refused', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
