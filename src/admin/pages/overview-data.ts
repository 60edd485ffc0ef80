import { readAlertState } from '../../alert/alert-state.ts'
import { type Look, readTroubledGroups, type TroubledGroups } from '../../alert/look.ts'
import type { Trouble } from '../../alert/trouble.ts'
import { readBudget } from '../../budget/budget.ts'
import type { BudgetState } from '../../budget/limit.ts'
import type { DeliveryState } from '../../domain/delivery.ts'
import type { DeliveryReason } from '../../domain/reasons.ts'
import type { DeliveryGroup } from '../../journal/journal.ts'
import { lastWebhookAt } from '../../receive/note-webhooks.ts'
import { readSweepState, type SweepState } from '../../sweep/sweep-state.ts'
import type { AdminTools, ShownConnection } from '../admin-tools.ts'
import { settledByLink } from '../give-link.ts'
import { oldestWaitingMs, waitingHistory } from '../waiting-history.ts'

const HOUR_MS = 3_600_000
const HOURS = 24
/** Newest deliveries of a state that are looked at one by one. */
const SAMPLE = 200

/** How a connection does. */
export interface ConnectionView extends ShownConnection {
  /** Why its deliveries are being put off, if they are. */
  readonly troubles: readonly DeliveryReason[]
  readonly lastWebhookAt: number | undefined
  readonly budget: BudgetState | undefined
  readonly sweep: SweepState | undefined
}

/** Dead deliveries of one connection and reason. */
export interface DeadGroup extends DeliveryGroup {
  /** Id of the only one, if it waits for a link. */
  readonly linkless?: string
}

/** All that the overview shows. */
export interface Overview {
  readonly counts: Readonly<Record<DeliveryState, number>>
  readonly dead: readonly DeadGroup[]
  /** What is wrong beside deliveries that need a person, as alerts tell it. */
  readonly troubles: readonly Trouble[]
  /** Why deliveries are being put off by the vendor, if they are. */
  readonly vendorTroubles: readonly DeliveryReason[]
  readonly oldestWaitingMs: number
  readonly waiting: readonly number[]
  /** Undefined too where more are retrying than are looked at. */
  readonly nextRetryAt: number | undefined
  /** Links by the hour their delivery came, the last one being the hour that runs. */
  readonly perHour: readonly number[]
  readonly firstHour: number
  /** Of the deliveries that came since, as are the webhooks. */
  readonly lapsed: number
  readonly ignored: number
  readonly refused: number
  /** Not necessarily the last: a replay may have delivered one that is not among the newest. */
  readonly aLinkDeliveredAt: number | undefined
  /** Half of the newest links that took no replay came within this time, milliseconds. */
  readonly usualMs: number | undefined
  readonly connections: readonly ConnectionView[]
}

/** Reads it from the store. @throws StoreUnavailableError */
export async function readOverview(tools: AdminTools, look: Look): Promise<Overview> {
  const { journal, webhooks, now } = tools
  const at = now()
  const firstHour = Math.floor(at / HOUR_MS) * HOUR_MS - (HOURS - 1) * HOUR_MS
  const perHourOf = (state: DeliveryState) => journal.perSpan(state, firstHour, HOUR_MS, HOURS)
  const [counts, troubled, waitingMs, waiting, perHour, lapsed, groups, delivered, retrying] = await Promise.all([
    journal.counts(),
    readTroubledGroups(journal),
    oldestWaitingMs(tools),
    waitingHistory(tools),
    perHourOf('delivered'),
    perHourOf('lapsed'),
    webhooks.groups(firstHour),
    journal.list({ state: 'delivered', limit: SAMPLE }),
    journal.list({ state: 'retrying', limit: SAMPLE }),
  ])
  const many = (outcome: string) =>
    groups.filter((group) => group.outcome === outcome).reduce((sum, { count }) => sum + count, 0)
  const took = delivered.items
    .filter(({ receivedAt, round }) => receivedAt >= firstHour && round === 0)
    .map(({ updatedAt, receivedAt }) => updatedAt - receivedAt)
    .sort((one, other) => one - other)
  const isAll = retrying.nextCursor === undefined
  const next = retrying.items.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? [])
  return {
    ...{ counts, waiting, perHour, firstHour, oldestWaitingMs: waitingMs },
    troubles: await otherTroubles(tools, look, troubled),
    dead: await Promise.all(troubled.dead.map((group) => withLinkless(group, tools))),
    vendorTroubles: troubled.retrying.flatMap(({ reason }) => (reason && isVendors(reason) ? reason : [])),
    nextRetryAt: isAll && next.length > 0 ? Math.min(...next) : undefined,
    lapsed: sum(lapsed),
    ignored: many('ignored'),
    refused: many('refused'),
    aLinkDeliveredAt: delivered.items.reduce<number | undefined>(
      (last, { updatedAt }) => Math.max(last ?? 0, updatedAt),
      undefined,
    ),
    usualMs: took[Math.floor((took.length - 1) / 2)],
    connections: await Promise.all(tools.connections.map((one) => viewConnection(one, troubled.retrying, tools))),
  }
}

async function otherTroubles({ cache }: AdminTools, look: Look, groups: TroubledGroups): Promise<readonly Trouble[]> {
  const { known } = (await readAlertState(cache)).state
  return (await look(groups, (key) => Object.hasOwn(known, key))).filter(({ dead }) => dead === 0)
}

const isVendors = (reason: DeliveryReason) => reason.startsWith('vendor-')

async function withLinkless(group: DeliveryGroup, { journal }: AdminTools): Promise<DeadGroup> {
  const { connection, reason, count } = group
  if (count !== 1 || reason === undefined || !settledByLink.has(reason)) return group
  const [only] = (await journal.list({ state: 'dead', connection, reason, limit: 1 })).items
  return only ? { ...group, linkless: only.id } : group
}

async function viewConnection(
  connection: ShownConnection,
  retrying: readonly DeliveryGroup[],
  { cache, now }: AdminTools,
): Promise<ConnectionView> {
  const { name, limit } = connection
  const [seen, sweep, budget] = await Promise.all([
    lastWebhookAt(cache, name),
    readSweepState(cache, name),
    readBudget(name, limit, cache, now()),
  ])
  const troubles = retrying
    .filter((group) => group.connection === name)
    .flatMap(({ reason }) => (reason && !isVendors(reason) ? reason : []))
  return { ...connection, troubles, lastWebhookAt: seen, budget, sweep }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
