import { setTimeout as pause } from 'node:timers/promises'
import { leaseName } from '../domain/delivery.ts'
import type { Erased, Erasure } from '../domain/erasure.ts'
import { StillAtWorkError } from '../domain/errors.ts'
import type { Journal, RecordsOf } from '../journal/journal.ts'
import type { WebhookLog } from '../journal/webhook-log.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { subjectKey } from '../ledger/person-key.ts'
import { within } from '../queue/gathering.ts'
import type { Leases } from '../store/store.ts'

export interface EraseTools {
  readonly ledger: Ledger
  readonly journal: Journal
  readonly webhooks: Pick<WebhookLog, 'erase'>
  readonly leases: Leases
  /** Takes rounds of deliveries out of the queue. @throws StoreUnavailableError */
  readonly cancel: (rounds: readonly { readonly id: string; readonly round: number }[]) => Promise<void>
  readonly now: () => number
}

/**
 * Carries out an erasure. To be said again when it throws.
 * @returns what this call erased
 * @throws StillAtWorkError all is erased but the records of deliveries that are in the middle of a call
 * @throws StoreUnavailableError it was not carried out within 2 s
 */
export type Erase = (connection: string, erasure: Erasure) => Promise<Erased>

/** How long the store may take over an erasure before the sender is asked to come again. */
const TAKE_WITHIN_MS = 2_000
/** How long deliveries at work are given to come to their next look at the ledger. */
const OUTLAST_MS = 1_200
const LOOK_EVERY_MS = 25
const MOST_AT_WORK = 200

/** Erases durably, before the sender is answered. */
export function makeErase(tools: EraseTools): Erase {
  return async (connection, erasure) => {
    const { isWhole, ...erased } = await within(TAKE_WITHIN_MS, erasePerson(connection, erasure, tools))
    if (!isWhole) throw new StillAtWorkError('a delivery of the person is in the middle of a call')
    return erased
  }
}

/**
 * Erases what is kept about a person, or gives it to whoever they have become. From the ledger first: from then on no
 * delivery writes anything for them, neither one at work nor one that comes later. May be repeated, and is to be when
 * it fails. Deliveries at work keep their records, so that whoever says it again waits for them.
 */
async function erasePerson(
  connection: string,
  { erased, mergedInto }: Erasure,
  tools: EraseTools,
): Promise<Erased & { readonly isWhole: boolean }> {
  const { ledger, journal, webhooks, cancel, now } = tools
  const hashKey = await ledger.hashKey()
  const keyOf = (candidateId: string) => subjectKey(hashKey, connection, 'candidate', candidateId)
  if (mergedInto !== undefined && 'candidateId' in erased) {
    await ledger.merge(keyOf(erased.candidateId), keyOf(mergedInto))
    await journal.merge(connection, erased.candidateId, mergedInto)
    return { deliveries: 0, interviews: 0, writeBacks: 0, isWhole: true }
  }
  const subject =
    'candidateId' in erased
      ? keyOf(erased.candidateId)
      : subjectKey(hashKey, connection, 'application', erased.applicationId)
  const entries = await ledger.erase(subject)
  const of = { connection, ...erased }
  const atWork = await outlastRuns(of, tools)
  await webhooks.erase(of)
  const { records, rounds } = await journal.erase(of, now(), atWork)
  await cancel(rounds)
  return { deliveries: records, ...entries, isWhole: atWork.length === 0 }
}

/** Waits for those who looked at the ledger before the erasure, and may be writing now. @returns ids of who still may */
async function outlastRuns(of: RecordsOf, { journal, leases }: EraseTools): Promise<readonly string[]> {
  const q = 'candidateId' in of ? of.candidateId : of.applicationId
  const running = { q, connection: of.connection, state: 'running', limit: MOST_AT_WORK } as const
  const giveUpAt = performance.now() + OUTLAST_MS
  const atWork: string[] = []
  for (const { id, ...delivery } of (await journal.list(running)).items) {
    for (;;) {
      const lease = await leases.acquire(leaseName(delivery))
      await lease?.release()
      if (lease) break
      if (performance.now() > giveUpAt) {
        atWork.push(id)
        break
      }
      await pause(LOOK_EVERY_MS)
    }
  }
  return atWork
}
