import type { Interview } from '../domain/interview.ts'

/** Keyed hash of interviewer and e-mail address: who the person is without saying it (see `person-key.ts`). */
export type PersonKey = string

/** Keyed hash of a candidate's or an application's id at a connection. */
export type SubjectKey = string

/** Whose an entry is: what the ATS will name when it has erased somebody. */
export interface Subject {
  readonly candidate: SubjectKey
  readonly application: SubjectKey
}

/** Whether what is kept may be added to: `merged` if the candidate has become another one, in whose name it is then done. */
export type Life = 'living' | 'merged' | 'erased'

/** What is remembered of a person's interview with an interviewer. */
export interface InterviewEntry {
  /** When a create call was last about to be made, epoch milliseconds; absent if the link was given by hand. */
  readonly intentAt?: number
  /** Keyed hashes of the words of the person's name, from the first intent. */
  readonly nameWords: readonly string[]
  /** Absent while no link is known: the call was never answered, or never made. */
  readonly interview?: Interview
}

/** An entry, and as whom it was found. */
export interface KnownInterview extends InterviewEntry {
  readonly person: PersonKey
}

/** A person and the interviewer of whom an interview is remembered. */
export interface PersonAt {
  readonly person: PersonKey
  readonly interviewer: string
}

/** One application on one route: the unit that gets at most one note. */
export interface WriteBackKey {
  readonly connection: string
  readonly applicationId: string
  readonly routeId: string
}

/** A target and when a write to it is about to be made, epoch milliseconds. */
export interface WriteIntent {
  readonly key: WriteBackKey
  readonly target: string
  readonly at: number
}

/** A create call that is about to be made. */
export interface InterviewIntent {
  readonly nameWords: readonly string[]
  /** Epoch milliseconds. */
  readonly at: number
  /** `intentAt` of the entry for which it has been settled that there is no interview yet; absent: there is no entry. */
  readonly after?: number | undefined
}

export interface TargetEntry {
  /** When a write was last about to be made. */
  readonly intentAt?: number
  readonly doneAt?: number
}

/** Write-back state by target name. */
export type WriteBackEntry = ReadonlyMap<string, TargetEntry>

/** How many entries an erasure took. */
export interface ErasedEntries {
  readonly interviews: number
  /** Applications on routes. */
  readonly writeBacks: number
}

/** How long a process holds what every delivery asks of a store, and what hardly ever changes. */
export const HELD_MS = 1_000

/**
 * The memory that prevents doubles. Outlives jobs, deliveries and their records (400 days). Written outside the job
 * and without asking for its lock: a link that arrives late, in a process that has lost everything else, is still kept.
 * Only what belongs to somebody who has been erased is not: whatever takes a Subject throws LapsedError then, in the
 * same step in which it would have written.
 * Every method throws StoreUnavailableError when the store does not take it, and WrongKeyError when what it holds was
 * sealed with a key that we do not have.
 */
export interface Ledger {
  /** The secret that keys the hashes: made once per store, the same for every replica. 32 bytes. */
  hashKey(): Promise<Buffer>
  /**
   * Which run of the store answers: another one once its server was started anew, or its tables restored. A new run may
   * have lost the last that was written, the same one has not.
   */
  storeRun(): Promise<string>
  /** Seals anew whatever is kept in clear or under an earlier key. @returns how many */
  reseal(): Promise<number>
  findInterview(person: PersonKey): Promise<InterviewEntry | undefined>
  /** Of many persons, those whose link is known. */
  interviewsOf(persons: readonly PersonKey[]): Promise<ReadonlyMap<PersonKey, Interview>>
  /**
   * The person's entry; or else that of the person as whom the candidate was last interviewed by the interviewer, or
   * else on the application: an address can change, and two candidates become one, of which we may not have been told yet.
   * One without an interview only where none of these has one.
   */
  findKnown(whose: Subject, of: PersonAt): Promise<KnownInterview | undefined>
  /**
   * Notes that a create call is about to be made, unless there is an interview or another intent by now; the first
   * intent's name stands.
   * @param begun noted in the same step
   * @returns whether it did
   * @throws LapsedError
   */
  intendInterview(whose: Subject, of: PersonAt, intent: InterviewIntent, begun?: WriteIntent): Promise<boolean>
  /** Takes an intent back whose call surely did not take effect. */
  withdrawInterview(person: PersonKey): Promise<void>
  /**
   * Keeps the interview unless one is kept already.
   * @param also noted in the same step
   * @returns the one that stands
   * @throws LapsedError
   */
  keepInterview(whose: Subject, of: PersonAt, interview: Interview, also?: WriteIntent): Promise<Interview>
  /**
   * Puts one interview in another's place, if that is the one kept.
   * @returns the one that stands; undefined: nothing is kept of the person any more
   */
  replaceInterview(person: PersonKey, kept: Interview, by: Interview): Promise<Interview | undefined>
  /** Whose link it is. Looks through all entries: for a person's question, not for the line. */
  findByLink(link: string): Promise<PersonKey | undefined>
  /** Address with `{id}` in place of the interview id, as seen in the vendor's answers. */
  findLinkPattern(): Promise<string | undefined>
  keepLinkPattern(pattern: string): Promise<void>
  /** What was written on an application along a route, and whether those whose it is are still there. */
  findWriteBack(whose: Subject, key: WriteBackKey): Promise<{ readonly life: Life; readonly memory: WriteBackEntry }>
  /** @returns whether the candidate is still the same one @throws LapsedError */
  intendWrite(whose: Subject, key: WriteBackKey, target: string, at: number): Promise<Exclude<Life, 'erased'>>
  /** Takes an intent back whose write surely did not take effect. */
  withdrawWrite(key: WriteBackKey, target: string): Promise<void>
  /** @throws LapsedError */
  markWritten(whose: Subject, key: WriteBackKey, target: string, at: number): Promise<void>
  /** Whether candidate and application are still there. */
  lifeOf(whose: Subject): Promise<Life>
  /** Erases all entries of a candidate or an application and lets none of theirs be written again for 400 days. */
  erase(subject: SubjectKey): Promise<ErasedEntries>
  /** Gives all entries of one candidate to another one, and takes the first for the other from now on. */
  merge(candidate: SubjectKey, into: SubjectKey): Promise<void>
  /** Forgets what has not been touched since `before`. */
  purge(before: number): Promise<void>
}

/** How long the ledger remembers, also who has been erased. */
export const LEDGER_DAYS = 400
