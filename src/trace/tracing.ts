import type { Report } from '../ops/report.ts'
import type { QueueTracing } from '../queue/queue-tracing.ts'

/** Where traces go: an OTLP/HTTP collector. */
export interface TracingSettings {
  /** Its address, without `/v1/traces` and without a slash at the end. */
  readonly endpoint: string
  /** Sent with every request: credentials. */
  readonly headers: Readonly<Record<string, string>>
}

/** One trace for each webhook, through the queue to the last call out. */
export interface Tracing {
  readonly queue: QueueTracing
  /** The same report, which also makes spans of the calls out and says in the attempt's span how it ended. */
  watch(report: Report): Report
  /** Sends what it still holds, for at most a few seconds. */
  stop(): Promise<void>
}
