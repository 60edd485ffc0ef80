import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Agent, type Dispatcher } from 'undici'
import type { ShownConnection } from './admin/admin-tools.ts'
import type { AtsAdapter, AtsDefinition } from './ats/adapter.ts'
import { atsDefinitions } from './ats/registry.ts'
import { makeBudget } from './budget/budget.ts'
import type { Settings } from './config/settings.ts'
import { deliver } from './deliver/deliver.ts'
import type { Route } from './domain/connection.ts'
import { WorkerLostError } from './domain/errors.ts'
import { makeErase } from './erase/erase-person.ts'
import { isTrustedLink } from './interview/link-host.ts'
import { RestVendor } from './interview/rest-vendor.ts'
import { makeMetrics, observeStore } from './ops/metrics.ts'
import { makeReport, type Report } from './ops/report.ts'
import { observeSweeps } from './ops/sweep-metrics.ts'
import type { WatchdogTimes } from './ops/watchdog.ts'
import { DeliveryQueue } from './queue/delivery-queue.ts'
import { DeliveryWorker } from './queue/delivery-worker.ts'
import { startUpkeep } from './queue/upkeep.ts'
import { watchWorker } from './queue/watch-worker.ts'
import { makeNoteWebhooks } from './receive/note-webhooks.ts'
import { makeOfferResume } from './resume/offer-resume.ts'
import { makeTickets } from './resume/tickets.ts'
import { closeServer, makeServer } from './server.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import type { SweepTools } from './sweep/sweep-connection.ts'
import { startSweeper } from './sweep/sweeper.ts'
import { version } from './version.ts'

/** A bridge at work. */
export interface Bridge {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string
  /** Stops receiving, lets deliveries at work finish, closes the store. May be called twice. */
  stop(): Promise<void>
  /** Never settles, unless the worker is lost: then rejects with WorkerLostError, after an attempt to stop. */
  readonly ended: Promise<void>
}

/** What tests may put in place of the world's. */
export interface Overrides {
  readonly now?: () => number
  readonly random?: () => number
  /** How often it is looked whether a sweep is due, milliseconds; 0: never. */
  readonly sweepTickMs?: number
  readonly watchdog?: Partial<WatchdogTimes>
}

const CONNECT_TIMEOUT_MS = 5_000
const CONNECTIONS_PER_HOST = 64
/** How long a bridge whose worker is lost tries to stop in order. */
const LOST_STOP_MS = 10_000

/**
 * Builds every long-lived object and starts the role's part: the composition root.
 * @throws WrongKeyError the store was sealed with another ENCRYPTION_KEY
 * @throws StoreUnavailableError a store that must be there at the start (PostgreSQL, embedded) is not
 */
export async function startBridge(settings: Settings, log: Logger, overrides: Overrides = {}): Promise<Bridge> {
  const now = overrides.now ?? Date.now
  const random = overrides.random ?? Math.random
  const metrics = makeMetrics()
  const report = makeReport(log, metrics)
  const store = await openStore(settings.store, settings.encryptionKeys)
  observeStore(metrics, store.journal, now)

  const agentOptions = { connect: { timeout: CONNECT_TIMEOUT_MS }, connections: CONNECTIONS_PER_HOST }
  const dispatcher = new Agent(agentOptions)
  const createDispatcher = new Agent({ ...agentOptions, pipelining: 0 })
  const adapters = makeAdapters(settings, { store, dispatcher, log, now, report })
  warnOfHiddenResumes(settings, adapters, log)
  const vendor = new RestVendor({
    ...settings.interviewflow,
    dispatcher,
    createDispatcher,
    observeCall: report.observeCall,
    now,
  })
  const queue = new DeliveryQueue(store.queueAccess, store.journal, log)

  const { ledger, leases, journal, webhooks } = store
  const notes = makeNoteWebhooks(webhooks, store.cache, now, (err) => log.debug({ err }, 'webhooks noted later'))
  const tickets = makeTickets(store.cache)
  const offerResume = makeOfferResume(settings.publicUrl, tickets)
  const routes = new Map(settings.routes.map((route) => [route.id, route]))
  const worker =
    settings.role === 'web'
      ? undefined
      : new DeliveryWorker(store.queueAccess, {
          journal,
          report,
          log,
          now,
          random,
          deliver: (delivery, attempt) =>
            deliver(delivery, attempt, { routes, adapters, vendor, ledger, leases, offerResume, now }),
        })
  if (store.kind !== 'redis') await firstContact(store, queue, worker)
  worker?.start()
  const stopUpkeep = worker
    ? startUpkeep({ journal, ledger, webhooks, queue, retentionDays: settings.retentionDays, now, log })
    : () => {}

  const erase = makeErase({ ledger, journal, webhooks, leases, cancel: (rounds) => queue.cancel(rounds), now })
  const lost = Promise.withResolvers<void>()
  // Whoever waits for the end is told; others must not fail by it.
  lost.promise.catch(() => undefined)
  const watchdog =
    worker && watchWorker(worker, queue, store, { log, now, onLost: () => void end(), times: overrides.watchdog ?? {} })
  watchdog?.start()

  const sweeping = sweepTools(settings, { store, adapters, queue, now })
  observeSweeps(metrics, [...adapters.keys()], store.cache)
  const { sweepTickMs: tickMs } = overrides
  const sweeper = worker && startSweeper({ ...sweeping, leases, cache: store.cache, report, log, tickMs })

  const receives = settings.role !== 'worker'
  const server = await makeServer({
    log,
    report,
    trustProxy: settings.trustProxy,
    health: {
      store,
      metrics,
      isWorking: worker && (() => worker.isRunning),
      isStuck: watchdog && (() => watchdog.isStuck),
    },
    receive: receives
      ? {
          adapters,
          atsOf: sweeping.atsOf,
          routes: settings.routes,
          enqueue: (delivery) => queue.accept(delivery),
          erase,
          notes,
          now,
        }
      : undefined,
    resumes: receives ? { tickets, adapters } : undefined,
    admin:
      receives && settings.adminPassword !== undefined
        ? {
            ...{ password: settings.adminPassword, publicUrl: settings.publicUrl, version: version() },
            ...{ retentionDays: settings.retentionDays, routes: settings.routes, storeKind: store.kind },
            ...{ journal, ledger, webhooks, cache: store.cache, now },
            connections: shownConnections(settings, adapters),
            isTrustedLink: (link) =>
              isTrustedLink(link, settings.interviewflow.baseUrl, settings.interviewflow.linkHosts),
            queue: queue.raw,
            forget: (connection, candidateId) => erase(connection, { erased: { candidateId } }),
            addRound: (delivery, round) => queue.addRound(delivery, round),
          }
        : undefined,
  })
  const url = await server.listen({ port: settings.port, host: settings.host })

  const stop = async () => {
    watchdog?.stop()
    stopUpkeep()
    // The worker at the same time: what waits for its turn is the next process's, and slow senders hold up nothing.
    await Promise.all([closeServer(server), sweeper?.stop(), worker?.close()])
    await queue.close()
    await notes.close()
    await Promise.all([dispatcher.close(), createDispatcher.close()])
    await store.close()
  }
  let stopping: Promise<void> | undefined
  const stopOnce = () => {
    stopping ??= stop()
    return stopping
  }
  const end = async () => {
    await Promise.race([stopOnce().catch(() => undefined), pause(LOST_STOP_MS)])
    lost.reject(new WorkerLostError('the worker takes no deliveries any more'))
  }
  return { url, stop: stopOnce, ended: lost.promise }
}

/**
 * Waits until queue and worker have reached the database. BullMQ remembers a first contact that failed for ever, and a
 * worker then takes up the process with trying again at once: better not to start. On Redis it heals by itself.
 * @throws StoreUnavailableError
 * @see bullmq6.md section 13
 */
async function firstContact(store: Store, queue: DeliveryQueue, worker: DeliveryWorker | undefined): Promise<void> {
  try {
    await Promise.all([queue.ready(), worker?.ready()])
  } catch (error) {
    await store.close()
    throw error
  }
}

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
  const now = Date.now
  const store = await openStore(settings.store, settings.encryptionKeys)
  const dispatcher = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, connections: CONNECTIONS_PER_HOST })
  const adapters = makeAdapters(settings, { store, dispatcher, log, now, report: makeReport(log, makeMetrics()) })
  const queue = new DeliveryQueue(store.queueAccess, store.journal, log)
  if (store.kind !== 'redis') await firstContact(store, queue, undefined)
  return {
    tools: sweepTools(settings, { store, adapters, queue, now }),
    close: async () => {
      await queue.close()
      await dispatcher.close()
      await store.close()
    },
  }
}

interface SweepParts {
  readonly store: Store
  readonly adapters: ReadonlyMap<string, AtsAdapter>
  readonly queue: DeliveryQueue
  readonly now: () => number
}

function sweepTools({ connections, routes }: Settings, { store, adapters, queue, now }: SweepParts): SweepTools {
  return {
    adapters,
    atsOf: new Map(connections.map(({ name, ats }) => [name, ats])),
    routes,
    journal: store.journal,
    ledger: store.ledger,
    enqueue: (delivery) => queue.accept(delivery, 'sweep'),
    now,
  }
}

/** Says at the start what each delivery of such a route would say alone. */
function warnOfHiddenResumes(settings: Settings, adapters: ReadonlyMap<string, AtsAdapter>, log: Logger): void {
  const isServed = ({ connection }: Route) => adapters.get(connection)?.resumes?.open !== undefined
  if (settings.publicUrl === undefined && settings.routes.some((route) => route.sendResume && isServed(route)))
    log.warn('resumes are asked for that cannot be offered without PUBLIC_URL')
}

interface AdapterTools {
  readonly store: Store
  readonly dispatcher: Dispatcher
  readonly log: Logger
  readonly now: () => number
  readonly report: Report
}

/** The connections as the admin pages show them. */
function shownConnections(settings: Settings, adapters: ReadonlyMap<string, AtsAdapter>): readonly ShownConnection[] {
  return settings.connections.map(({ name, ats }) => ({
    name,
    ats,
    targets: adapters.get(name)?.targets.map((target) => target.name) ?? [],
    limit: definitionOf(ats).limit,
  }))
}

function definitionOf(ats: string): AtsDefinition {
  const definitions: Readonly<Record<string, AtsDefinition>> = atsDefinitions
  const definition = definitions[ats]
  if (!definition) throw new Error(`no ATS ${ats}`)
  return definition
}

function makeAdapters(settings: Settings, tools: AdapterTools): ReadonlyMap<string, AtsAdapter> {
  const { store, dispatcher, log, now, report } = tools
  return new Map(
    settings.connections.map(({ name, ats, settings: own }) => {
      const definition = definitionOf(ats)
      const budget = makeBudget(name, definition.limit, store.cache, now)
      const atsTools = {
        connection: name,
        dispatcher,
        cache: store.cache,
        budget,
        log,
        now,
        observeCall: report.observeCall,
      }
      return [name, definition.create(own, atsTools)]
    }),
  )
}
