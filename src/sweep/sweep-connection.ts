import type { AtsAdapter } from '../ats/adapter.ts'
import { isWritten } from '../deliver/write-back.ts'
import type { Route } from '../domain/connection.ts'
import { type Delivery, makeDelivery } from '../domain/delivery.ts'
import type { StageEntry } from '../domain/stage-change.ts'
import type { Journal } from '../journal/journal.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { subjectOf } from '../ledger/person-key.ts'
import { matchRoutes } from '../route/match-routes.ts'

/** How many are looked up in the store at once. */
const CHUNK = 50
/** How far our clock may lie behind the ATS's: a delivery received a little "before" the entry is still its own. */
const CLOCKS_APART_MS = 60_000

export interface SweepTools {
  /** By connection name. */
  readonly adapters: ReadonlyMap<string, AtsAdapter>
  readonly atsOf: ReadonlyMap<string, string>
  readonly routes: readonly Route[]
  readonly journal: Pick<Journal, 'lastReceived'>
  readonly ledger: Pick<Ledger, 'hashKey' | 'findWriteBack'>
  /** Queues durably. @returns whether the delivery was new @throws StoreUnavailableError */
  readonly enqueue: (delivery: Delivery) => Promise<boolean>
  readonly now: () => number
}

/** Somebody who entered a routed stage and whom no webhook told us of. */
export interface Missed {
  readonly entry: StageEntry
  readonly delivery: Delivery
}

export interface SweepOrder {
  readonly connection: string
  /** Who entered from `since` to `until`, epoch milliseconds. */
  readonly since: number
  readonly until: number
  /** Looks, and queues nothing. */
  readonly isDryRun: boolean
  readonly signal: AbortSignal
  /** Told of everybody found, once the delivery is queued. */
  readonly onMissed: (missed: Missed) => void
}

/**
 * Asks a connection who entered a routed stage; whoever has no delivery since then and no link in the ATS gets one,
 * through step 4 of the line. Their ids derive from the entry, so two sweeps, or a sweep cut short and the next one,
 * make the same ones. What is found is queued as it is found.
 * @returns how many entries were looked at
 * @throws RetryableError, PermanentError, StoreUnavailableError; the signal's reason
 */
export async function sweepConnection(order: SweepOrder, tools: SweepTools): Promise<number> {
  const { connection, since, until, signal } = order
  const adapter = tools.adapters.get(connection)
  const stages = new Set(tools.routes.filter((route) => route.connection === connection).map(({ stage }) => stage))
  if (!adapter || stages.size === 0) return 0
  let looked = 0
  let chunk: StageEntry[] = []
  const settleChunk = async () => {
    const entries = chunk
    chunk = []
    await settle(entries, adapter, order, tools)
  }
  try {
    for await (const entry of adapter.entered(since, [...stages], signal)) {
      if (entry.enteredAt > until) continue
      looked += 1
      chunk.push(entry)
      if (chunk.length === CHUNK) await settleChunk()
    }
  } finally {
    // Also when the list broke: it may break at the same place in each sweep, until they are too long ago to be found.
    await settleChunk()
  }
  return looked
}

async function settle(
  entries: readonly StageEntry[],
  adapter: AtsAdapter,
  order: SweepOrder,
  tools: SweepTools,
): Promise<void> {
  if (entries.length === 0) return
  order.signal.throwIfAborted()
  const { journal, enqueue } = tools
  const received = new Map<string, number>()
  for (const { applicationId, routeId, receivedAt } of await journal.lastReceived(
    entries.map((entry) => entry.applicationId),
  ))
    received.set(`${applicationId} ${routeId}`, receivedAt)
  const untold = entries.flatMap((entry) => withoutDelivery(entry, received, order.connection, tools))
  const settled = await Promise.allSettled(
    untold.map(async (missed) => {
      if (await needsNothing(missed, adapter, tools)) return undefined
      return order.isDryRun || (await enqueue(missed.delivery)) ? missed : undefined
    }),
  )
  for (const one of settled) if (one.status === 'fulfilled' && one.value) order.onMissed(one.value)
  // Only now: the others of the chunk are queued all the same.
  const failed = settled.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

function withoutDelivery(
  entry: StageEntry,
  received: ReadonlyMap<string, number>,
  connection: string,
  { routes, atsOf, now }: SweepTools,
): Missed[] {
  const { enteredAt, ...change } = entry
  return matchRoutes(routes, connection, change)
    .filter(({ id }) => (received.get(`${entry.applicationId} ${id}`) ?? 0) < enteredAt - CLOCKS_APART_MS)
    .map((route) => ({ entry, delivery: makeDelivery(atsOf.get(connection) ?? '', route, change, now()) }))
}

/** Written before, by a delivery long forgotten; or the person wished to be. */
async function needsNothing({ delivery }: Missed, adapter: AtsAdapter, { ledger }: SweepTools): Promise<boolean> {
  const { connection, applicationId, routeId } = delivery
  const whose = subjectOf(await ledger.hashKey(), delivery)
  const { life, memory } = await ledger.findWriteBack(whose, { connection, applicationId, routeId })
  return life === 'erased' || isWritten(adapter, memory)
}
