import { setTimeout as pause } from 'node:timers/promises'
import { type IQueueBackend, type Job, Worker } from 'bullmq'
import type { Logger } from 'pino'
import { runFor } from '../budget/purpose.ts'
import { Attempt } from '../deliver/attempt.ts'
import { judge } from '../deliver/verdict.ts'
import { type Delivery, leaseName } from '../domain/delivery.ts'
import { RetryableError, StoreUnavailableError } from '../domain/errors.ts'
import type { DeadReason, DeliveredReason } from '../domain/reasons.ts'
import type { Journal, Run, RunEnd } from '../journal/journal.ts'
import type { Report } from '../ops/report.ts'
import type { Lease, Leases, QueueAccess } from '../store/store.ts'
import type { QueueTracing } from './queue-tracing.ts'
import { type Accepted, deliveryIdOf, fromQueued, purposeOf, QUEUE, type Queued } from './queued-delivery.ts'
import { crashesIn, MAX_CRASHES, makeAdmit } from './suspects.ts'
import { TryLater } from './try-later.ts'

/** Enough to fill an ATS's batch of 50 reads. */
const CONCURRENCY = 50
/** A crashed worker's deliveries are taken over after 10 to 25 s. @see bullmq6.md sections 1 and 7 */
const LOCK_MS = 15_000
const STALLED_CHECK_MS = 10_000
/** Crashes are ours to count (see MAX_CRASHES): BullMQ would blame every delivery that happened to be running. */
const MAX_STALLED = 1_000
/** How long a run's end is offered to a store that does not take it. */
const END_WITHIN_MS = 30_000
const STORE_RETRY_MS = 2_000
const CLOSE_CHECK_MS = 100
const CLOSE_WITHIN_MS = 2_000

export interface WorkerTools {
  readonly journal: Journal
  readonly report: Report
  readonly log: Logger
  readonly now: () => number
  readonly random: () => number
  readonly leases: Leases
  /** Steps 5 to 7. */
  readonly deliver: (delivery: Delivery, attempt: Attempt, lease: Lease) => Promise<DeliveredReason>
  /** Queues the deliveries of a batch. @throws StoreUnavailableError */
  readonly spread: (batch: readonly Accepted[]) => Promise<void>
  readonly tracing?: QueueTracing | undefined
}

/** Takes deliveries from the queue, runs them, and notes how each run ended. The one place that speaks BullMQ's signals. */
export class DeliveryWorker {
  readonly #worker: Worker<Queued, void, string, IQueueBackend>
  readonly #tools: WorkerTools
  #atWork = 0
  #progress = 0

  constructor(access: QueueAccess, tools: WorkerTools) {
    this.#tools = tools
    const admit = makeAdmit(tools.journal, tools.now)
    this.#worker = new Worker(
      QUEUE,
      async (job) => {
        this.#atWork += 1
        this.#progress += 1
        await admit(job, () => this.#process(job)).finally(() => {
          this.#atWork -= 1
          this.#progress += 1
        })
      },
      {
        ...access.worker(),
        ...(tools.tracing && { telemetry: tools.tracing.telemetry }),
        autorun: false,
        concurrency: CONCURRENCY,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: MAX_STALLED,
        runRetryDelay: STORE_RETRY_MS,
        settings: {
          backoffStrategy: (_attempts, _type, error) => (error instanceof TryLater ? error.delayMs : STORE_RETRY_MS),
        },
      },
      access.backend,
    )
    this.#worker.on('error', (error) => tools.log.debug({ err: error }, 'worker connection'))
    this.#worker.on('stalled', () => tools.report.deliveryTakenOver())
  }

  /** @throws StoreUnavailableError the worker's own connections cannot be made */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady().catch((error: unknown) => {
      throw new StoreUnavailableError('the worker could not connect', { cause: error })
    })
  }

  /** Begins to take deliveries. */
  start(): void {
    this.#worker.run().catch((error: unknown) => this.#tools.log.error({ err: error }, 'worker stopped'))
  }

  /** Changes whenever a delivery is taken up or ended. */
  get progress(): number {
    return this.#progress
  }

  /** Whether every place is taken. */
  get isFull(): boolean {
    return this.#atWork >= CONCURRENCY
  }

  get isRunning(): boolean {
    return this.#worker.isRunning()
  }

  /**
   * Takes no more deliveries and waits for those at work. BullMQ's own close never returns while the store is away, so
   * once nothing is at work it is given a moment and no more.
   * @see https://github.com/taskforcesh/bullmq/issues/4656
   */
  async close(): Promise<void> {
    let isClosed = false
    const closed = this.#worker.close().then(() => {
      isClosed = true
    })
    while (!isClosed && this.#atWork > 0) await Promise.race([closed, pause(CLOSE_CHECK_MS)])
    await Promise.race([closed, pause(CLOSE_WITHIN_MS, undefined, { ref: false })])
  }

  async #process(job: Job<Queued>): Promise<void> {
    const { journal, leases, now, report, spread } = this.#tools
    const queued = fromQueued(job.data)
    if (!queued) return this.#endUnreadable(job)
    if ('batch' in queued) return await spread(queued.batch)
    const { delivery } = queued
    // Taken while the journal is told of the run, and given back while it is told of the end.
    const lease = leases.acquire(leaseName(delivery))
    const release = async () => await lease.then((held) => held?.release()).catch(() => undefined)
    lease.catch(() => undefined)
    const run = await journal.started(delivery, now()).catch(async (error: unknown) => {
      await release()
      throw error
    })
    // Already at its end: the same delivery queued twice, or a run that died between its last word and the queue's.
    if (!run) return await release()

    const startedAt = performance.now()
    const end =
      crashesIn(job, run.unfinished - 1) < MAX_CRASHES
        ? await runFor(purposeOf(job.priority), async () => await this.#run(delivery, run, lease))
        : this.#endUntried('crashed-repeatedly')
    await Promise.all([release(), this.#end(delivery.id, run.run, end)])
    report.attempted(delivery, run, end, performance.now() - startedAt)
    if (end.state === 'retrying') throw new TryLater(end.reason, Math.max(0, (end.nextAttemptAt ?? 0) - now()))
  }

  async #run(delivery: Delivery, run: Run, lease: Promise<Lease | undefined>): Promise<RunEnd> {
    const { journal, now, random, report, log, deliver } = this.#tools
    const attempt = new Attempt({
      now,
      observeStep: (...step) => report.stepDone(delivery.connection, ...step),
      number: run.attempt,
      // What is fatal in a delivery kills at the same place again; one that gets further was a bystander.
      advanced: async () => {
        if (run.unfinished > 1) await journal.advanced(delivery.id, run.run).catch(() => undefined)
      },
    })
    try {
      const held = await lease
      if (!held) throw new RetryableError('application-busy', { isAttempt: false })
      const reason = await deliver(delivery, attempt, held)
      return { state: 'delivered', reason, at: now(), isAttempt: true, ...this.#words(attempt) }
    } catch (error) {
      const verdict = judge(error, run, now(), random)
      if (verdict.reason === 'internal-error')
        log.error({ err: error, delivery: delivery.id }, 'attempt failed unexpectedly')
      if (verdict.reason === 'store-away')
        log.warn({ err: error, delivery: delivery.id }, 'the store took no call of an attempt')
      return { ...verdict, at: now(), ...this.#words(attempt) }
    }
  }

  #endUntried(reason: DeadReason): RunEnd {
    return { state: 'dead', reason, at: this.#tools.now(), isAttempt: true, learned: {}, timeline: [] }
  }

  #words({ learned, timeline }: Attempt): Pick<RunEnd, 'learned' | 'timeline'> {
    return { learned, timeline }
  }

  /** Offers the end to the store for a while: a run whose end is not noted is made again. */
  async #end(id: string, run: number, end: RunEnd): Promise<void> {
    const { journal } = this.#tools
    const giveUpAt = performance.now() + END_WITHIN_MS
    for (;;) {
      try {
        await journal.ended(id, run, end)
        return
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || performance.now() > giveUpAt) throw error
        await pause(STORE_RETRY_MS / 4)
      }
    }
  }

  /** Queued by another version: its record says so, and nothing is guessed. */
  async #endUnreadable(job: Job<Queued>): Promise<void> {
    const { journal, now, log, report } = this.#tools
    const id = deliveryIdOf(job.id)
    log.error({ delivery: id }, 'queued delivery is of an unknown version')
    const entry = await journal.find(id)
    if (!entry) return
    const run = await journal.started(entry, now())
    if (!run) return
    const end = this.#endUntried('unknown-version')
    await journal.ended(entry.id, run.run, end)
    report.attempted(entry, run, end, 0)
  }
}
