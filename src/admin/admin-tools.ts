import type { AtsInspector } from '../ats/inspector.ts'
import type { Limit } from '../budget/limit.ts'
import type { Application, Lapsed } from '../domain/application.ts'
import type { Route } from '../domain/connection.ts'
import type { Delivery } from '../domain/delivery.ts'
import type { Erased } from '../domain/erasure.ts'
import type { Journal } from '../journal/journal.ts'
import type { WebhookLog } from '../journal/webhook-log.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { SharedCache, Store } from '../store/store.ts'

/** A connection as the admin pages show it. */
export interface ShownConnection {
  readonly name: string
  readonly ats: string
  /** Names of the places the link is written to. */
  readonly targets: readonly string[]
  readonly limit: Limit
}

/** All that the admin API and the dashboard work with. */
export interface AdminTools {
  readonly password: string
  readonly publicUrl: string | undefined
  readonly version: string
  readonly storeKind: Store['kind']
  readonly retentionDays: number
  readonly connections: readonly ShownConnection[]
  readonly routes: readonly Route[]
  readonly journal: Journal
  readonly ledger: Ledger
  readonly webhooks: WebhookLog
  /** Reads a delivery's application as the ATS holds it now; undefined: there is no such connection. */
  readonly load: (delivery: Delivery) => Promise<Application | Lapsed> | undefined
  /** Makes what looks at a connection's account; undefined: there is no such connection. */
  readonly inspect: (connection: string) => AtsInspector | undefined
  readonly cache: SharedCache
  /** Whether an address is on a host that interview links may have. */
  readonly isTrustedLink: (link: string) => boolean
  /** BullMQ's queue, for the page that shows it as it is. */
  readonly queue: unknown
  /** Queues another round of a delivery, whose turn comes after a while. @throws StoreUnavailableError */
  readonly addRound: (delivery: Delivery, round: number, delayMs: number) => Promise<void>
  /** Erases everything kept about a candidate. @throws StillAtWorkError, StoreUnavailableError */
  readonly forget: (connection: string, candidateId: string) => Promise<Erased>
  readonly now: () => number
}
