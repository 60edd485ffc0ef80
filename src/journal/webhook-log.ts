import type { IgnoredReason, RefusedReason, RequestReason } from '../domain/reasons.ts'
import type { RecordsOf } from './journal.ts'

/** Why a webhook was refused: the signature's reasons, and those of the request itself. */
export type RefusalReason = RefusedReason | RequestReason

interface Told {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  /** Of a refused webhook it is what a stranger wrote, if it has the form of a name; else empty. */
  readonly connection: string
}

/** What an ignored webhook was about, as far as it said so. */
export interface WebhookSubject {
  readonly applicationId?: string
  readonly candidateId?: string
  /** Name, or id where there is none. */
  readonly stage?: string
  readonly job?: string | undefined
}

/** A webhook that made no delivery. Ids and company data only. */
export type LoggedWebhook =
  | (Told & WebhookSubject & { readonly outcome: 'ignored'; readonly reason: IgnoredReason })
  | (Told & { readonly outcome: 'refused'; readonly reason: RefusalReason })

export type WebhookOutcome = LoggedWebhook['outcome']

export interface WebhookQuery {
  readonly outcome?: WebhookOutcome
  readonly connection?: string
  readonly reason?: string
  /** As told of in WebhookSubject; empty: those that told of none. */
  readonly stage?: string
  readonly job?: string
  /** Application or candidate id, compared exactly. */
  readonly q?: string
  /** Epoch milliseconds. */
  readonly since: number
  /** 1 to 200. */
  readonly limit: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

/** Webhooks that say the same. */
export interface WebhookGroup {
  readonly outcome: WebhookOutcome
  readonly connection: string
  readonly reason: IgnoredReason | RefusalReason
  readonly stage?: string
  readonly job?: string
  readonly count: number
  readonly first: number
  readonly last: number
}

/**
 * The newest webhooks that made no delivery, for people who ask where one stayed. Written beside the line, never in it.
 * Every method throws StoreUnavailableError when the store does not take it.
 */
export interface WebhookLog {
  /** Adds entries and drops the oldest beyond what is kept. */
  add(entries: readonly LoggedWebhook[]): Promise<void>
  /** Newest first. */
  list(query: WebhookQuery): Promise<{ items: readonly LoggedWebhook[]; nextCursor: string | undefined }>
  /** Latest first. */
  groups(since: number): Promise<readonly WebhookGroup[]>
  /** Takes out what names a person. */
  erase(of: RecordsOf): Promise<void>
  /** Forgets what came before `before`. */
  purge(before: number): Promise<void>
}

/** How many are kept. Strangers write the refused ones. */
export const KEPT_WEBHOOKS: Readonly<Record<WebhookOutcome, number>> = { ignored: 10_000, refused: 200 }
/** How long. */
export const WEBHOOKS_KEPT_MS = 7 * 86_400_000

/** What a webhook was about; nothing where it was refused, since then it may have said anything. */
export function subjectOfWebhook(webhook: LoggedWebhook): WebhookSubject {
  return webhook.outcome === 'ignored' ? webhook : {}
}

/** Whether what a connection's webhook was about is theirs. */
export function isTheirs(connection: string, subject: WebhookSubject, of: RecordsOf): boolean {
  if (connection !== of.connection) return false
  return 'candidateId' in of ? subject.candidateId === of.candidateId : subject.applicationId === of.applicationId
}
