import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { ZodType } from 'zod'
import type { Budget } from '../budget/budget.ts'
import type { Limit } from '../budget/limit.ts'
import type { Application, Lapsed } from '../domain/application.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Erasure } from '../domain/erasure.ts'
import type { Interview } from '../domain/interview.ts'
import type { Ignored, StageChange, StageEntry } from '../domain/stage-change.ts'
import type { CallObserver } from '../http/json-client.ts'
import type { SharedCache } from '../store/store.ts'
import type { VerifiedWebhook } from './hmac.ts'
import type { Resumes } from './resumes.ts'

/** A webhook as it arrived: nothing in it may be believed yet. */
export interface RawWebhook {
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body's bytes as received; a signature is over these. */
  readonly body: Buffer
}

/** One place in the ATS where the link is put. */
export interface WriteTarget {
  /** Stable name under which the ledger remembers it, e.g. `note` or `customField:application:ai_interview_link`. */
  readonly name: string
  /**
   * Whether writing twice leaves one: a field. A note does not, so before a second try it is looked for.
   */
  readonly repeatable: boolean
  /** Looks in the ATS for what an earlier attempt of unknown outcome may have written. Only for those not repeatable. */
  isWritten?(application: Application, link: string): Promise<boolean>
  /**
   * Whether another interview's link stands in the place. One that was written there before has then been replaced by a
   * newer one, and stays so. Only for those that hold one link.
   */
  holdsAnother?(application: Application, link: string): boolean
  /**
   * Writes the link.
   * @param beforeSending asked right before the request leaves, after every wait: a process that was frozen meanwhile
   * must not write beside its successor, nor for somebody who has been erased. What it throws is thrown.
   * @throws RetryableError, PermanentError
   */
  write(application: Application, interview: Interview, beforeSending: () => void): Promise<TargetOutcome>
}

/** What became of a place: the link was `found` standing there, or a person's own value was, and was `left-alone`. */
export type TargetOutcome = 'written' | 'found' | 'left-alone'

/** All that the line needs of an ATS, for one connection. */
export interface AtsAdapter {
  /** @throws InvalidSignatureError, NotJsonError */
  verify(webhook: RawWebhook): VerifiedWebhook
  /** Never throws: what is signed but not as documented is ignored as `malformed`. */
  normalize(webhook: VerifiedWebhook): StageChange | Erasure | Ignored
  /**
   * Waits until one more delivery may begin, where each takes several calls: one that begins in the knowledge that the
   * limit leaves nothing for its later calls would give its place back half-way, and read everything again.
   * @throws RetryableError `rate-limited`, which is no attempt, when the wait is long
   */
  begin?(): Promise<void>
  /**
   * Reads the application as it is now. Concurrent loads share calls where the ATS allows it.
   * @throws RetryableError, PermanentError
   */
  load(delivery: Delivery): Promise<Application | Lapsed>
  /**
   * Tells who entered one of the stages since a time and is there still, applications that are over left out. Its calls
   * are the sweep's: they wait for their share of the limit, for as long as the signal lets them.
   * @param since epoch milliseconds
   * @param stages names or ids, as routes give them
   * @throws RetryableError, PermanentError; the signal's reason
   */
  entered(since: number, stages: readonly string[], signal: AbortSignal): AsyncIterable<StageEntry>
  /** Where the link goes, in the order configured. */
  readonly targets: readonly WriteTarget[]
  /** Absent where the ATS gives no resumes. */
  readonly resumes?: Resumes
}

/** What an adapter is given beside its settings. */
export interface AtsTools {
  readonly connection: string
  readonly dispatcher: Dispatcher
  readonly cache: SharedCache
  /** The connection's calls, kept below the ATS's limit. */
  readonly budget: Budget
  /** Makes the budget of the deliveries that begin at the connection, shared by all replicas as that of its calls is. */
  paceOf(limit: Limit): Budget
  readonly log: Logger
  readonly now: () => number
  readonly observeCall: CallObserver
}

/** An ATS as the registry lists it. */
export interface AtsDefinition {
  /** Schema of a connection's part of `bridge.yaml`, without `ats`; strict, and it takes its own output again. */
  readonly settings: ZodType
  /** The rule of the ATS's rate limit. */
  readonly limit: Limit
  /** Every call that its adapters make, in words for metrics, by the name of the system called. */
  readonly operations: Readonly<Record<string, readonly string[]>>
  /** @throws ZodError the settings do not fit the schema */
  create(settings: unknown, tools: AtsTools): AtsAdapter
}

/** Ties a settings schema to the maker that takes its output. */
export function defineAts<Settings>(
  settings: ZodType<Settings>,
  { limit, operations }: Pick<AtsDefinition, 'limit' | 'operations'>,
  create: (settings: Settings, tools: AtsTools) => AtsAdapter,
): AtsDefinition {
  return { settings, limit, operations, create: (given, tools) => create(settings.parse(given), tools) }
}
