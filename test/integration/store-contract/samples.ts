import type { Delivery } from '../../../src/domain/delivery.ts'
import type { RunEnd } from '../../../src/journal/journal.ts'
import type { Ledger, PersonAt, Subject, WriteBackEntry, WriteBackKey } from '../../../src/ledger/ledger.ts'
import type { Store } from '../../../src/store/store.ts'

/** The store under test; `other` is a second one on the same data, as a replica has it (the embedded one stands alone). */
export interface Stores {
  readonly store: Store
  readonly other: Store
}

/** A name that no other test uses. */
export const unique = (prefix: string): string => `${prefix}${crypto.randomUUID().replaceAll('-', '')}`

/** Whose entries are, for somebody that no other test knows. */
export const aSubject = (): Subject => ({ candidate: unique('candidate'), application: unique('application') })

/** The person at the one interviewer. */
export const at = (person: string): PersonAt => ({ person, interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' })

/** What was written on an application along a route, whosever it is. */
export const memoryOf = async (ledger: Ledger, key: WriteBackKey): Promise<WriteBackEntry> =>
  (await ledger.findWriteBack(aSubject(), key)).memory

/** A delivery that no other test knows. */
export function aDelivery(given: Partial<Delivery> = {}): Delivery {
  return {
    id: unique('dlv_'),
    connection: 'greenhouse',
    ats: 'greenhouse',
    routeId: 'rt_0123456789',
    interviewer: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    applicationId: unique('a'),
    candidateId: unique('c'),
    stageId: '77',
    receivedAt: Date.now(),
    ...given,
  }
}

/** The end of a run that wrote the link. */
export function anEnd(given: Partial<RunEnd> = {}): RunEnd {
  return { state: 'delivered', reason: 'written', at: Date.now(), isAttempt: true, learned: {}, timeline: [], ...given }
}

/** Receives a delivery and carries it to an end. */
export async function carried({ store }: Stores, delivery: Delivery, end: RunEnd): Promise<void> {
  await store.journal.received([delivery])
  const run = await store.journal.started(delivery, end.at)
  await store.journal.ended(delivery.id, run?.run ?? 0, end)
}
