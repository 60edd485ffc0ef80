import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ShownConnection } from './admin/admin-tools.ts'
import { startAlerter } from './alert/alerter.ts'
import type { AtsAdapter } from './ats/adapter.ts'
import { atsDefinition, makeAdapters, makeInspector } from './ats/make-adapters.ts'
import type { Settings } from './config/settings.ts'
import { deliver } from './deliver/deliver.ts'
import { makeProveWrite } from './deliver/prove-write.ts'
import type { Route } from './domain/connection.ts'
import { WorkerLostError, type WrongKeyError } from './domain/errors.ts'
import { makeErase } from './erase/erase-person.ts'
import { makeAgent } from './http/agent.ts'
import { FreshConnections } from './http/fresh-connections.ts'
import { postJson } from './http/post-json.ts'
import { makeLinkTrust } from './interview/link-host.ts'
import { RestVendor } from './interview/rest-vendor.ts'
import { makeMetrics } from './ops/metrics/metrics.ts'
import { observedIn } from './ops/metrics/observed.ts'
import { storeGauges } from './ops/metrics/store-gauges.ts'
import { makeReport } from './ops/report.ts'
import type { WatchdogTimes } from './ops/watchdog.ts'
import { DeliveryQueue } from './queue/delivery-queue.ts'
import { DeliveryWorker } from './queue/delivery-worker.ts'
import { firstContact } from './queue/first-contact.ts'
import { startUpkeep } from './queue/upkeep.ts'
import { watchWorker } from './queue/watch-worker.ts'
import { makeNoteWebhooks } from './receive/note-webhooks.ts'
import { makeOfferResume } from './resume/offer-resume.ts'
import { makeTickets } from './resume/tickets.ts'
import { closeServer, makeServer } from './server.ts'
import { openStore } from './store/open-store.ts'
import { startStoreClock } from './store/store-clock.ts'
import { sweepTools } from './sweep/sweep-tools.ts'
import { startSweeper } from './sweep/sweeper.ts'
import { version } from './version.ts'

/** A bridge at work. */
export interface Bridge {
  /** Where it listens, e.g. `http://127.0.0.1:3000`. */
  readonly url: string
  /** Stops receiving, lets deliveries at work finish, closes the store. May be called twice. */
  stop(): Promise<void>
  /**
   * Never settles, unless it cannot go on: then rejects, after an attempt to stop, with WorkerLostError, or with
   * WrongKeyError where the store was away at the start.
   */
  readonly ended: Promise<void>
}

/** What tests may put in place of the world's. */
export interface Overrides {
  readonly now?: () => number
  readonly random?: () => number
  /** How often it is looked whether a sweep is due, milliseconds; 0: never. */
  readonly sweepTickMs?: number
  /** How often it is looked whether an alert is due, milliseconds; 0: never. */
  readonly alertTickMs?: number
  readonly watchdog?: Partial<WatchdogTimes>
  /** How long what the store told is good for `/metrics`, milliseconds. */
  readonly metricsFreshMs?: number
}

/** How long a bridge that cannot go on tries to stop in order. */
const LOST_STOP_MS = 10_000

/**
 * Builds every long-lived object and starts the role's part: the composition root.
 * @throws WrongKeyError the store was sealed with another ENCRYPTION_KEY
 * @throws StoreUnavailableError a store that must be there at the start (PostgreSQL, embedded) is not
 * @throws Node's own error it cannot listen; everything is closed then
 */
export async function startBridge(settings: Settings, log: Logger, overrides: Overrides = {}): Promise<Bridge> {
  const random = overrides.random ?? Math.random
  const metrics = makeMetrics(observedIn(settings))
  // OpenTelemetry is loaded only when it is wanted: it costs memory and time at the start.
  const tracing =
    settings.tracing && (await import('./trace/start-tracing.ts')).startTracing(settings.tracing, log, version())
  const plainReport = makeReport(log, metrics)
  const report = tracing?.watch(plainReport) ?? plainReport
  const wrongKey = Promise.withResolvers<WrongKeyError>()
  const store = await openStore(settings.store, settings.encryptionKeys, wrongKey.resolve)
  const clock = await startStoreClock(store, report.clocksCompared)
  const now = overrides.now ?? clock.now

  const dispatcher = makeAgent()
  const createDispatcher = new FreshConnections()
  const { observeCall, observeWait } = report
  const atsTools = { dispatcher, cache: store.cache, log, now, observeCall, observeWait }
  const adapters = makeAdapters(settings.connections, atsTools)
  const connections = shownConnections(settings, adapters)
  storeGauges(metrics.registry, { store, connections, now, freshMs: overrides.metricsFreshMs })
  warnOfHiddenResumes(settings, adapters, log)
  const vendor = new RestVendor({ ...settings.interviewflow, dispatcher, createDispatcher, observeCall, now })
  const queue = new DeliveryQueue(store.queueAccess, store.journal, log, tracing?.queue)

  const { ledger, leases, journal, webhooks } = store
  const notes = makeNoteWebhooks(webhooks, store.cache, now, (err) => log.debug({ err }, 'webhooks noted later'))
  const tickets = makeTickets(store.cache)
  const offerResume = makeOfferResume(settings.publicUrl, tickets)
  const proveWrite = makeProveWrite(store.cache, now)
  const routes = new Map(settings.routes.map((route) => [route.id, route]))
  const worker =
    settings.role === 'web'
      ? undefined
      : new DeliveryWorker(store.queueAccess, {
          journal,
          leases,
          report,
          log,
          now,
          random,
          spread: (batch) => queue.spread(batch),
          tracing: tracing?.queue,
          deliver: (delivery, attempt, lease) =>
            deliver(delivery, attempt, lease, { routes, adapters, vendor, ledger, offerResume, proveWrite, now }),
        })
  await firstContact(store, queue, worker)
  const stopUpkeep = worker
    ? startUpkeep({ journal, ledger, webhooks, store, queue, retentionDays: settings.retentionDays, now, log })
    : () => {}

  const erase = makeErase({ ledger, journal, webhooks: notes, leases, cancel: (rounds) => queue.cancel(rounds), now })
  const lost = Promise.withResolvers<void>()
  // Whoever waits for the end is told; others must not fail by it.
  lost.promise.catch(() => undefined)
  const watchdog =
    worker &&
    watchWorker(worker, queue, store, {
      log,
      now,
      onLost: () => void end(new WorkerLostError('the worker takes no deliveries any more')),
      times: overrides.watchdog ?? {},
    })

  const sweeping = sweepTools(settings, { store, adapters, queue, now })
  const { sweepTickMs: tickMs } = overrides
  const sweeper = worker && startSweeper({ ...sweeping, leases, cache: store.cache, report, log, tickMs })

  const { publicUrl, adminPassword, alertWebhookUrl } = settings
  const alerter =
    alertWebhookUrl === undefined
      ? undefined
      : startAlerter({
          ...{ journal, webhooks, leases, cache: store.cache, report, log, now, tickMs: overrides.alertTickMs },
          connections: [...adapters.keys()],
          words: { atsOf: sweeping.atsOf, adminUrl: adminPassword === undefined ? undefined : publicUrl },
          post: async (text, signal) => await postJson(dispatcher, alertWebhookUrl, { text }, signal),
        })

  let stopping: Promise<void> | undefined
  const isStopping = () => stopping !== undefined
  const receives = settings.role !== 'worker'
  const server = await makeServer({
    log,
    report,
    trustProxy: settings.trustProxy,
    health: {
      store,
      metrics,
      isStopping,
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
          isStopping,
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
            connections,
            load: (delivery) => adapters.get(delivery.connection)?.load(delivery),
            inspect: (connection) => {
              const one = settings.connections.find(({ name }) => name === connection)
              return one && makeInspector(one, atsTools)
            },
            isTrustedLink: makeLinkTrust(settings.interviewflow),
            queue: queue.raw,
            forget: (connection, candidateId) => erase(connection, { erased: { candidateId } }),
            addRound: (delivery, round, delayMs) => queue.addRound(delivery, round, delayMs),
          }
        : undefined,
  })

  const stop = async () => {
    watchdog?.stop()
    clock.stop()
    stopUpkeep()
    // Until the worker is done the server goes on: of those at work, the vendor may yet fetch the resumes.
    await Promise.all([sweeper?.stop(), alerter?.stop(), worker?.close()])
    await closeServer(server)
    await queue.close()
    await notes.close()
    await Promise.all([dispatcher.close(), createDispatcher.close()])
    await store.close()
    await tracing?.stop()
  }
  const stopOnce = () => {
    stopping ??= stop()
    return stopping
  }
  const end = async (why: Error) => {
    await Promise.race([stopOnce().catch(() => undefined), pause(LOST_STOP_MS)])
    lost.reject(why)
  }

  const url = await server.listen({ port: settings.port, host: settings.host }).catch(async (error: unknown) => {
    await stopOnce().catch(() => undefined)
    throw error
  })
  // Only now: a process that cannot stay would leave in the middle of what it had begun.
  worker?.start()
  watchdog?.start()
  void wrongKey.promise.then(end)
  return { url, stop: stopOnce, ended: lost.promise }
}

/** Says at the start what each delivery of such a route would say alone. */
function warnOfHiddenResumes(settings: Settings, adapters: ReadonlyMap<string, AtsAdapter>, log: Logger): void {
  const isServed = ({ connection }: Route) => adapters.get(connection)?.resumes?.open !== undefined
  if (settings.publicUrl === undefined && settings.routes.some((route) => route.sendResume && isServed(route)))
    log.warn('resumes are asked for that cannot be offered without PUBLIC_URL')
}

/** The connections as the admin pages show them. */
function shownConnections(settings: Settings, adapters: ReadonlyMap<string, AtsAdapter>): readonly ShownConnection[] {
  return settings.connections.map(({ name, ats }) => ({
    name,
    ats,
    targets: adapters.get(name)?.targets.map((target) => target.name) ?? [],
    limit: atsDefinition(ats).limit,
  }))
}
