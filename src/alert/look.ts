import type { DeliveryGroup, Journal } from '../journal/journal.ts'
import type { SharedCache } from '../store/store.ts'
import { readSweepState } from '../sweep/sweep-state.ts'
import { gathered, withoutEffects } from './gather.ts'
import { makeSilentSince, type SilenceTools } from './silence.ts'
import { type AlertReason, keyOf, type Trouble } from './trouble.ts'

const MINUTE_MS = 60_000
/** A delivery whose turn came so long ago is not being worked at. */
const STUCK_MS = 5 * MINUTE_MS
const STUCK_SAMPLE = 200
/** A bulk move may well meet the vendor's limit for a while. */
const VENDOR_LIMITED_MS = 60 * MINUTE_MS
/** Moved at once, 5,000 people take two and a half hours at Greenhouse. */
const ATS_LIMITED_MS = 12 * 60 * MINUTE_MS
/** Two sweeps missed. */
const SWEEP_LATE_MS = 30 * MINUTE_MS

/** What a look at the store takes. */
export interface LookTools extends SilenceTools {
  /** Names. */
  readonly connections: readonly string[]
  readonly journal: Pick<Journal, 'overdue' | 'list'>
  readonly cache: SharedCache
}

/** The deliveries that cannot go on, or not now, as they stand together. */
export interface TroubledGroups {
  readonly dead: readonly DeliveryGroup[]
  readonly retrying: readonly DeliveryGroup[]
}

/** Reads them, which takes a look at each such delivery. @throws StoreUnavailableError */
export async function readTroubledGroups(journal: Pick<Journal, 'groups'>): Promise<TroubledGroups> {
  const [dead, retrying] = await Promise.all([journal.groups('dead'), journal.groups('retrying')])
  return { dead, retrying }
}

/** Whether a trouble, by its key, has been seen before and is not over. */
export type IsKnown = (key: string) => boolean

/** @returns all that is wrong now @throws StoreUnavailableError */
export type Look = (groups: TroubledGroups, isKnown: IsKnown) => Promise<readonly Trouble[]>

/** Makes the look at the store: whatever is wrong stands there, whichever process it happened to. */
export function makeLook(tools: LookTools): Look {
  const { connections, journal, cache, now } = tools
  // A bridge that was not running has swept nothing and heard nothing; but what is known is not over for a restart.
  const startedAt = now()
  const silentSince = makeSilentSince(tools)

  const sweepTroubles = async (connection: string, isKnown: IsKnown): Promise<Trouble[]> => {
    const sweep = await readSweepState(cache, connection)
    if (!sweep) return []
    const { gap = 0, failure, succeededAt = 0 } = sweep
    const since = isKnown(keyOf({ reason: 'sweep-late', connection })) ? succeededAt : Math.max(succeededAt, startedAt)
    return [
      ...(gap > 0 ? [trouble(connection, 'sweep-gap', { count: gap })] : []),
      ...(failure === 'ats-refusing-key' ? [trouble(connection, failure, { count: 0 })] : []),
      ...(now() - since > SWEEP_LATE_MS ? [trouble(connection, 'sweep-late', since > 0 ? { first: since } : {})] : []),
    ]
  }

  const silence = async (connection: string, isKnown: IsKnown): Promise<Trouble[]> => {
    const isKnownSilent = isKnown(keyOf({ reason: 'silent', connection }))
    if (!isKnownSilent && now() - startedAt < 60 * MINUTE_MS) return []
    const since = await silentSince(connection, isKnownSilent)
    return since === undefined ? [] : [trouble(connection, 'silent', { last: since })]
  }

  const stuck = async (retrying: readonly DeliveryGroup[]): Promise<Trouble[]> => {
    const before = now() - STUCK_MS
    // Somebody is at work: then what waits, waits for its place.
    if (retrying.some(({ newest }) => newest >= before)) return []
    const overdue = await journal.overdue(before, STUCK_SAMPLE)
    return overdue.map(({ delivery, dueAt }) => trouble(delivery.connection, 'stuck', { first: dueAt, last: dueAt }))
  }

  const vendorLimiting = ({ reason, count, roundStartedAt, newest }: DeliveryGroup): Trouble[] =>
    reason === 'vendor-rate-limited' && now() - roundStartedAt > VENDOR_LIMITED_MS
      ? [trouble('', 'vendor-limiting', { count, first: roundStartedAt, last: newest })]
      : []

  const atsLimiting = ({ connection, reason, count, limitedSince = now(), newest }: DeliveryGroup): Trouble[] =>
    reason === 'rate-limited' && now() - limitedSince > ATS_LIMITED_MS
      ? [trouble(connection, 'ats-limiting', { count, first: limitedSince, last: newest })]
      : []

  const ofRetrying = (group: DeliveryGroup) => [...refusing(group), ...vendorLimiting(group), ...atsLimiting(group)]

  return async ({ dead, retrying }, isKnown) => {
    const each = await Promise.all(
      connections.map(async (name) => [...(await sweepTroubles(name, isKnown)), ...(await silence(name, isKnown))]),
    )
    const all = [...dead.flatMap(ofDead), ...retrying.flatMap(ofRetrying), ...(await stuck(retrying)), ...each.flat()]
    return withoutEffects(gathered(all))
  }
}

function trouble(connection: string, reason: AlertReason, more: Partial<Trouble> = {}): Trouble {
  return { connection, reason, count: 1, dead: 0, ...more }
}

/** Deliveries that died of refused credentials are the end of a trouble that was told of when it began. */
function ofDead({ connection, reason, count, oldest, newest }: DeliveryGroup): Trouble[] {
  const more = { count, dead: count, first: oldest, last: newest }
  if (reason === 'vendor-unauthorized') return [trouble('', 'vendor-refusing-key', more)]
  if (reason === 'ats-unauthorized') return [trouble(connection, 'ats-refusing-key', more)]
  // The dead have no other reasons.
  return reason === undefined ? [] : [trouble(connection, reason as AlertReason, more)]
}

function refusing({ connection, reason, count, oldest, newest }: DeliveryGroup): Trouble[] {
  const more = { count, first: oldest, last: newest }
  if (reason === 'vendor-refusing-key') return [trouble('', reason, more)]
  return reason === 'ats-refusing-key' ? [trouble(connection, reason, more)] : []
}
