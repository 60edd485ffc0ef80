import type { Interview } from '../domain/interview.ts'

/** Keyed hash of interviewer and e-mail address: who the person is without saying it (see `person-key.ts`). */
export type PersonKey = string

/** What is remembered of a person's interview with an interviewer. */
export interface InterviewEntry {
  /** When a create call was last about to be made, epoch milliseconds; absent if the link was given by hand. */
  readonly intentAt?: number
  /** Keyed hashes of the words of the person's name, from the first intent. */
  readonly nameWords: readonly string[]
  /** Absent while no link is known: the call was never answered, or never made. */
  readonly interview?: Interview
}

/** One application on one route: the unit that gets at most one note. */
export interface WriteBackKey {
  readonly connection: string
  readonly applicationId: string
  readonly routeId: string
}

export interface TargetEntry {
  /** When a write was last about to be made. */
  readonly intentAt?: number
  readonly doneAt?: number
}

/** Write-back state by target name. */
export type WriteBackEntry = ReadonlyMap<string, TargetEntry>

/**
 * The memory that prevents doubles. Outlives jobs, deliveries and their records (400 days). Written outside the job
 * and without asking for its lock: a link that arrives late, in a process that has lost everything else, is still kept.
 * Every method throws StoreUnavailableError when the store does not take it.
 */
export interface Ledger {
  /** The secret that keys the hashes: made once per store, the same for every replica. 32 bytes. */
  hashKey(): Promise<Buffer>
  findInterview(person: PersonKey): Promise<InterviewEntry | undefined>
  /** Notes that a create call is about to be made; the first intent's name stands. */
  intendInterview(person: PersonKey, nameWords: readonly string[], at: number): Promise<void>
  /** Takes an intent back whose call surely did not take effect. */
  withdrawInterview(person: PersonKey): Promise<void>
  /** Keeps the interview unless one is kept already. @returns the one that stands */
  keepInterview(person: PersonKey, interview: Interview): Promise<Interview>
  /** Address with `{id}` in place of the interview id, as seen in the vendor's answers. */
  findLinkPattern(): Promise<string | undefined>
  keepLinkPattern(pattern: string): Promise<void>
  findWriteBack(key: WriteBackKey): Promise<WriteBackEntry>
  intendWrite(key: WriteBackKey, target: string, at: number): Promise<void>
  /** Takes an intent back whose write surely did not take effect. */
  withdrawWrite(key: WriteBackKey, target: string): Promise<void>
  markWritten(key: WriteBackKey, target: string, at: number): Promise<void>
  /** Forgets what has not been touched since `before`. */
  purge(before: number): Promise<void>
}

/** How long the ledger remembers. */
export const LEDGER_DAYS = 400
