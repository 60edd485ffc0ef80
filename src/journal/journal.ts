import type { Delivery, DeliveryState, DeliveryStatus, TimelineEntry } from '../domain/delivery.ts'
import type { DeliveryReason } from '../domain/reasons.ts'

/** A delivery and what became of it. */
export type JournalEntry = Delivery & DeliveryStatus

/** Stands in a record where an erased person's ids stood. */
export const ERASED_ID = 'erased'

/** Whose records: a candidate's, or one application's. */
export type RecordsOf =
  | { readonly connection: string; readonly candidateId: string }
  | { readonly connection: string; readonly applicationId: string }

/** What a worker is told when it takes a delivery up. */
export interface Run {
  /** Number of this run; a later run's words outrank an earlier one's. */
  readonly run: number
  /** From 0: a replay begins another. */
  readonly round: number
  /** This attempt of the round, counted from 1. */
  readonly attempt: number
  /** Runs in a row, this one included, of which no end was ever noted: the process died in them. */
  readonly unfinished: number
  /** When the first attempt of this round began, moved up by waits that do not count. Epoch milliseconds. */
  readonly roundStartedAt: number
  /** Since when credentials have been refused without a break, epoch milliseconds. */
  readonly refusedSince?: number
}

/** How a run ended. */
export interface RunEnd {
  readonly state: 'retrying' | 'delivered' | 'lapsed' | 'dead'
  readonly reason: DeliveryReason
  readonly at: number
  /** False when the run only waited: the attempt does not count. */
  readonly isAttempt: boolean
  readonly nextAttemptAt?: number
  /** Set while credentials are refused, also of a run that only waited meanwhile; absent otherwise. */
  readonly refusedSince?: number
  /** Set where the wait for the next attempt does not count as trying: moves the beginning of the round up. */
  readonly roundStartedAt?: number
  /** What the run found out about the delivery. */
  readonly learned: Partial<Pick<Delivery, 'candidateId' | 'jobId' | 'jobName' | 'stageName'>> & {
    readonly person?: string
  }
  readonly timeline: readonly TimelineEntry[]
}

export interface JournalQuery {
  readonly state?: DeliveryState
  readonly reason?: DeliveryReason
  readonly connection?: string
  /** Delivery, application or candidate id, compared exactly. */
  readonly q?: string
  /** 1 to 200. */
  readonly limit: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

/** The newest delivery of one application on one route. */
export interface LastReceived {
  readonly applicationId: string
  readonly routeId: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

/** Deliveries that share a state, a connection and a reason. Times are epoch milliseconds. */
export interface DeliveryGroup {
  readonly connection: string
  readonly reason?: DeliveryReason
  readonly count: number
  /** Of their last changes. */
  readonly oldest: number
  readonly newest: number
  /** When the longest of their rounds began. */
  readonly roundStartedAt: number
  /** Since when the one that waits longest for the ATS's limit has come to no other end; absent where none waits. */
  readonly limitedSince?: number
}

/** States of deliveries that something or somebody still has to do with. */
export const openStates = ['queued', 'running', 'retrying', 'dead'] as const

/** Longer than a run may take: a delivery that has been at work since before that is nobody's, and waits. */
export const LONGEST_RUN_MS = 120_000

/** A connection's deliveries that have not come to a good end. */
export interface Backlog {
  readonly connection: string
  readonly counts: Readonly<Record<(typeof openStates)[number], number>>
  /** When the turn of the one came that waits longest past it, epoch milliseconds; absent where none does. */
  readonly oldestDueAt?: number
}

/**
 * The record of every delivery, for people to look at, kept for RETENTION_DAYS after its end.
 * Every method throws StoreUnavailableError when the store does not take it.
 */
export interface Journal {
  /**
   * Notes deliveries as queued, at most some hundreds, unless they are known.
   * @returns of each, in order, whether it was told of it for the first time
   */
  received(deliveries: readonly Delivery[]): Promise<readonly boolean[]>
  /** Begins a run; undefined when the delivery has ended already. A delivery it has never heard of is noted first. */
  started(delivery: Delivery, at: number): Promise<Run | undefined>
  /**
   * The run has got further than those before it, of which no end was ever noted: they count no more. Ignored when a
   * later run has begun.
   */
  advanced(id: string, run: number): Promise<void>
  /** The delivery's runs in a row that never ended, if its last one did not, and when that began, epoch milliseconds. */
  unfinished(id: string): Promise<{ readonly runs: number; readonly lastBeganAt: number } | undefined>
  /**
   * Ends a run. Ignored when that has been said before, when a later run has begun, or the delivery has ended. One that
   * lapses as anonymized keeps no link to the person.
   */
  ended(id: string, run: number, end: RunEnd): Promise<void>
  /**
   * Puts a dead or lapsed delivery of a person not erased back to queued.
   * @param turnAt when its turn comes, if that is later than now
   * @returns the number of the round, or undefined if it is in another state
   */
  requeued(id: string, at: number, turnAt?: number): Promise<{ delivery: Delivery; round: number } | undefined>
  find(id: string): Promise<JournalEntry | undefined>
  timeline(id: string): Promise<readonly TimelineEntry[]>
  /** Newest first. */
  list(query: JournalQuery): Promise<{
    items: readonly JournalEntry[]
    nextCursor: string | undefined
  }>
  /** When each of the applications last had a delivery received, by route; those that never had one are left out. */
  lastReceived(applicationIds: readonly string[]): Promise<readonly LastReceived[]>
  counts(): Promise<Readonly<Record<DeliveryState, number>>>
  /** The deliveries of a state by connection and reason, largest group first. */
  groups(state: DeliveryState): Promise<readonly DeliveryGroup[]>
  /** Every connection that has open deliveries, in no order; as near as a look that holds nobody up can tell. */
  backlogs(now: number): Promise<readonly Backlog[]>
  /** When the turn of the one came that waits longest past it, of all connections; one at work does not wait. */
  oldestDueAt(now: number): Promise<number | undefined>
  /** How many deliveries of a state were received in each span of `spanMs` from `since` on, `spans` of them. */
  perSpan(state: DeliveryState, since: number, spanMs: number, spans: number): Promise<readonly number[]>
  /** Deliveries not ended whose turn came before `before` and that have not been touched since: oldest first, at most `limit`. */
  overdue(before: number, limit: number): Promise<readonly { delivery: Delivery; round: number; dueAt: number }[]>
  /**
   * Takes every link to the person out of their records, which stay for the counts; whatever has not ended, or was
   * dead, lapses as anonymized and cannot be put back.
   * @param except ids of deliveries that are left as they are
   * @returns how many records, and the rounds that were waiting or running
   */
  erase(
    of: RecordsOf,
    at: number,
    except?: readonly string[],
  ): Promise<{
    records: number
    rounds: readonly { readonly id: string; readonly round: number }[]
  }>
  /** Gives a candidate's records to the one they have become, whatever a run says that has seen the candidate before. */
  merge(connection: string, candidateId: string, into: string): Promise<void>
  /** Forgets deliveries that ended before `before`. @returns how many */
  purge(before: number): Promise<number>
}
