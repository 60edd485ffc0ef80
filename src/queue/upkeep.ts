import type { Logger } from 'pino'
import type { Journal } from '../journal/journal.ts'
import { WEBHOOKS_KEPT_MS, type WebhookLog } from '../journal/webhook-log.ts'
import { LEDGER_DAYS, type Ledger } from '../ledger/ledger.ts'
import type { Store } from '../store/store.ts'
import type { DeliveryQueue } from './delivery-queue.ts'

/** For the first time soon after the start: a process that never lives long must look too. */
const FIRST_MS = 10_000
const EVERY_MS = 30_000
/** Untouched for so long past its turn, a delivery is looked for in the queue. */
const OVERDUE_MS = 30_000
const BATCH = 200
const DAY_MS = 86_400_000

export interface UpkeepTools {
  readonly journal: Journal
  readonly ledger: Ledger
  readonly webhooks: Pick<WebhookLog, 'purge'>
  readonly store: Pick<Store, 'purge'>
  readonly queue: Pick<DeliveryQueue, 'holds' | 'addRound'>
  readonly retentionDays: number
  readonly now: () => number
  readonly log: Logger
}

/**
 * Puts deliveries back into the queue that the journal waits for and the queue does not hold: a process that died
 * between the two writes, or a queue that was emptied. Harmless beside a second replica: the queue takes one of an id.
 * @returns how many were put back
 */
export async function rescueDeliveries({
  journal,
  queue,
  now,
}: Pick<UpkeepTools, 'journal' | 'queue' | 'now'>): Promise<number> {
  let rescued = 0
  for (const { delivery, round } of await journal.overdue(now() - OVERDUE_MS, BATCH)) {
    if (await queue.holds(delivery.id, round)) continue
    await queue.addRound(delivery, round)
    rescued += 1
  }
  return rescued
}

async function upkeep(tools: UpkeepTools): Promise<void> {
  const { journal, ledger, webhooks, store, now, retentionDays, log } = tools
  const rescued = await rescueDeliveries(tools)
  if (rescued > 0) log.warn({ rescued }, 'deliveries put back into the queue')
  await journal.purge(now() - retentionDays * DAY_MS)
  await webhooks.purge(now() - WEBHOOKS_KEPT_MS)
  await ledger.purge(now() - LEDGER_DAYS * DAY_MS)
  await store.purge()
}

/**
 * Rescues lost deliveries and forgets old ones, soon after the start and then half a minute after it has done so, until
 * stopped. @returns what stops it
 */
export function startUpkeep(tools: UpkeepTools): () => void {
  let timer: NodeJS.Timeout | undefined
  const runAfter = (ms: number) => {
    timer = setTimeout(() => void run().then(() => timer && runAfter(EVERY_MS)), ms)
  }
  // A store that is away: the next run does the same.
  const run = () => upkeep(tools).catch((error: unknown) => tools.log.debug({ err: error }, 'upkeep put off'))
  runAfter(FIRST_MS)
  return () => {
    clearTimeout(timer)
    timer = undefined
  }
}
