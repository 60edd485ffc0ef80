import type { Route } from '../domain/connection.ts'
import type { TracingSettings } from '../trace/tracing.ts'

/** One customer account at one ATS, as `bridge.yaml` describes it. */
export interface ConnectionSettings {
  /** Also the webhook's path: `POST /webhooks/<name>`. */
  readonly name: string
  /** An id of the registry. */
  readonly ats: string
  /** Checked against the ATS's own schema; secrets filled in. */
  readonly settings: unknown
}

export type StoreSettings =
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'embedded'; readonly dir: string }

/** What a process does: receive and serve the admin API, carry deliveries, or both. */
export type Role = 'all' | 'web' | 'worker'

/** Everything that can be set, checked. Nothing later reads the environment. */
export interface Settings {
  readonly port: number
  readonly host: string
  readonly role: Role
  readonly store: StoreSettings
  readonly interviewflow: {
    readonly apiKey: string
    readonly baseUrl: string
    /** Further hosts an interview link may have, beside the vendor's own; these may be http. */
    readonly linkHosts: readonly string[]
  }
  /** How the outside reaches this service, without a slash at the end. */
  readonly publicUrl?: string
  /** Absent: no dashboard and no admin API. */
  readonly adminPassword?: string
  readonly alertWebhookUrl?: string
  /** Absent: nothing is traced. */
  readonly tracing?: TracingSettings
  /** Fastify's `trustProxy`: addresses or ranges of proxies. */
  readonly trustProxy: false | readonly string[]
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly retentionDays: number
  /** Keys of 32 bytes that seal what the ledger keeps: the first one seals, each opens. None: kept in clear. */
  readonly encryptionKeys: readonly Buffer[]
  readonly connections: readonly ConnectionSettings[]
  readonly routes: readonly Route[]
}
