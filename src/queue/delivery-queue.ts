import { type IQueueBackend, type JobsOptions, Queue } from 'bullmq'
import type { Logger } from 'pino'
import type { Delivery } from '../domain/delivery.ts'
import type { Journal } from '../journal/journal.ts'
import type { QueueAccess } from '../store/store.ts'
import { gathering, within } from './gathering.ts'
import type { QueueTracing } from './queue-tracing.ts'
import {
  type Accepted,
  type DeliveryPurpose,
  priorityOf,
  QUEUE,
  type Queued,
  queuedId,
  SPREAD,
  toBatch,
  toQueued,
} from './queued-delivery.ts'

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

type DeliveriesQueue = Queue<Queued, void, string, Queued, void, string, IQueueBackend>

/** The seam between receiving and delivering. */
export class DeliveryQueue {
  readonly #queue: DeliveriesQueue
  readonly #journal: Journal
  readonly #tracing: QueueTracing | undefined
  readonly #accept = gathering((accepted: readonly Accepted[]) => this.#acceptAll(accepted), TAKE_WITHIN_MS)

  constructor(access: QueueAccess, journal: Journal, log: Logger, tracing?: QueueTracing) {
    this.#queue = new Queue<Queued, void, string, Queued, void, string, IQueueBackend>(
      QUEUE,
      { ...access.producer, defaultJobOptions: jobOptions, ...(tracing && { telemetry: tracing.telemetry }) },
      access.backend,
    )
    this.#queue.on('error', (error) => log.debug({ err: error }, 'queue connection'))
    this.#journal = journal
    this.#tracing = tracing
  }

  /** @throws StoreUnavailableError the queue's own connections cannot be made */
  async ready(): Promise<void> {
    await within(TAKE_WITHIN_MS, this.#queue.waitUntilReady())
  }

  /**
   * Notes and queues a delivery, durably. Known ones are queued again unless they have ended: the queue drops the
   * second of one id, and a delivery whose first queueing failed half-way gets its job after all.
   * @param purpose what the sweep found is taken up when no live delivery waits
   * @returns whether it was new
   * @throws StoreUnavailableError the store did not take it within 2 s; it may have, and sending again does no harm
   */
  async accept(delivery: Delivery, purpose: DeliveryPurpose = 'live'): Promise<boolean> {
    const telemetry = this.#tracing?.carried()
    return await this.#accept({ delivery, purpose, ...(telemetry && { telemetry }) })
  }

  /**
   * Queues the deliveries of a batch one by one. Harmless when it happens twice: the queue drops the second of one id,
   * the worker what has ended.
   * @throws StoreUnavailableError
   */
  async spread(batch: readonly Accepted[]): Promise<void> {
    await within(TAKE_WITHIN_MS, this.#queue.addBulk(batch.map((one) => queuedJob(one, 0))))
  }

  /** Queues one more round of a delivery that the journal has put back to queued. @param delayMs before its turn comes */
  async addRound(delivery: Delivery, round: number, delayMs = 0): Promise<void> {
    const { name, data, opts } = queuedJob({ delivery, purpose: 'live' }, round)
    await within(TAKE_WITHIN_MS, this.#queue.add(name, data, { ...opts, delay: delayMs }))
  }

  /** Takes rounds out of the queue; one at work is left to find out by itself. @throws StoreUnavailableError */
  async cancel(rounds: readonly { readonly id: string; readonly round: number }[]): Promise<void> {
    const removed = rounds.map(({ id, round }) => this.#queue.remove(queuedId(id, round)))
    await within(TAKE_WITHIN_MS, Promise.all(removed))
  }

  /** BullMQ's own object, for those who show it and nothing else. */
  get raw(): unknown {
    return this.#queue
  }

  /** Whether the queue still holds the delivery's round. */
  async holds(deliveryId: string, round: number): Promise<boolean> {
    return (await this.#queue.getJob(queuedId(deliveryId, round))) !== undefined
  }

  /** Whether the delivery's round waits in the queue, taken by nobody. @throws StoreUnavailableError */
  async awaits(deliveryId: string, round: number): Promise<boolean> {
    const state = await within(TAKE_WITHIN_MS, this.#queue.getJobState(queuedId(deliveryId, round)))
    return state === 'waiting' || state === 'prioritized' || state === 'delayed'
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  async #acceptAll(accepted: readonly Accepted[]): Promise<readonly boolean[]> {
    const [areNew] = await Promise.all([
      this.#journal.received(accepted.map(({ delivery }) => delivery)),
      this.#add(accepted),
    ])
    return areNew
  }

  /**
   * A burst goes in as one job, next in turn, and is spread by whoever takes that: a job for each would be the greater
   * part of what receiving costs, and whoever sends has only so much patience.
   */
  async #add(accepted: readonly Accepted[]): Promise<void> {
    if (accepted.length === 1) return await this.spread(accepted)
    // Each goes on with its own trace, the batch with nobody's.
    await this.#queue.add(SPREAD, toBatch(accepted), { lifo: true, telemetry: { omitContext: true } })
  }
}

function queuedJob({ delivery, purpose, telemetry }: Accepted, round: number) {
  const opts = { jobId: queuedId(delivery.id, round), priority: priorityOf(purpose), ...(telemetry && { telemetry }) }
  return { name: 'deliver', data: toQueued(delivery), opts }
}
