import type { BackendFactory, ConnectionOptions, QueueOptions } from 'bullmq'
import type { Journal } from '../journal/journal.ts'
import type { WebhookLog } from '../journal/webhook-log.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Skew } from './skew.ts'

/** One or more names held by one process for a bounded time; renewed by itself until released. */
export interface Lease {
  /**
   * Whether all of it is surely still ours: asked right before the request of each outside write leaves, also after a
   * freeze of the process.
   */
  isHeld(): boolean
  /** Holds another name as well, from now until the release. @returns false while somebody else holds it */
  alsoTake(name: string): Promise<boolean>
  release(): Promise<void>
}

/** Locks that expire, shared by all replicas. */
export interface Leases {
  /** @returns the lease, or undefined while somebody else holds the name */
  acquire(name: string): Promise<Lease | undefined>
}

/** Small values shared by all replicas for a while (an access token, sealed by its owner). */
export interface SharedCache {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string, ttlMs: number): Promise<void>
  /**
   * Sets the value if it is still what `expected` says; undefined: if there is none.
   * @returns whether it did
   */
  swap(name: string, expected: string | undefined, value: string, ttlMs: number): Promise<boolean>
}

/** What BullMQ needs to reach this store: a producer that fails fast, a worker that waits. */
export interface QueueAccess {
  readonly producer: Pick<QueueOptions, 'connection' | 'prefix' | 'skipVersionCheck' | 'skipWaitingForReady'>
  /** For each worker anew. On Redis it is a connection, which the store closes; on PostgreSQL what BullMQ makes its own of. */
  readonly worker: () => { readonly connection: ConnectionOptions; readonly prefix?: string }
  readonly backend: BackendFactory
}

/** How much room what is kept takes up, and how much there is, if the store has a limit of its own. Bytes. */
export interface StoreSize {
  readonly usedBytes: number
  readonly limitBytes?: number
}

/** Everything that is kept: one place, shared by all replicas (the embedded one by none). */
export interface Store {
  readonly kind: 'redis' | 'postgres' | 'embedded'
  readonly ledger: Ledger
  readonly journal: Journal
  readonly webhooks: WebhookLog
  readonly leases: Leases
  readonly cache: SharedCache
  readonly queueAccess: QueueAccess
  /** @throws StoreUnavailableError it does not answer within 2 s */
  ping(): Promise<void>
  /** @throws StoreUnavailableError */
  size(): Promise<StoreSize>
  /** How far its clock is ahead of this machine's. @throws StoreUnavailableError it does not answer within 2 s */
  skew(): Promise<Skew>
  /** Forgets leases and shared values whose time is over, on its own clock. @throws StoreUnavailableError */
  purge(): Promise<void>
  close(): Promise<void>
}
