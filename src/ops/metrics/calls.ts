import { Counter, Histogram, type Registry } from 'prom-client'

const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]

/** Those that are usual; others are counted as they come. */
const codes = [
  ...['200', '201', '204', '401', '403', '404', '422', '429', '500', '502', '503', '504'],
  ...['timeout', 'connect', 'reset', 'down', 'unreadable'],
]

/** Of calls to the ATSs and the vendor, and of waiting for their limits. */
export function callMetrics(
  registry: Registry,
  connections: readonly string[],
  targets: ReadonlyMap<string, readonly string[]>,
) {
  const registers = [registry]
  const requests = new Counter({
    name: 'bridge_client_requests_total',
    help: 'Calls to the ATSs and the vendor, by HTTP status or kind of failure (down: not tried, the one before failed)',
    labelNames: ['target', 'operation', 'code'],
    registers,
  })
  const seconds = new Histogram({
    name: 'bridge_client_seconds',
    help: 'Duration of calls to the ATSs and the vendor',
    labelNames: ['target', 'operation'],
    buckets: BUCKETS,
    registers,
  })
  const waiting = new Counter({
    name: 'bridge_rate_waiting_seconds_total',
    help: 'Time that deliveries were made to wait for the limit of the ATS',
    labelNames: ['connection'],
    registers,
  })

  for (const [target, operations] of targets) {
    for (const operation of operations) {
      seconds.zero({ target, operation })
      for (const code of codes) requests.inc({ target, operation, code }, 0)
    }
  }
  for (const connection of connections) waiting.inc({ connection }, 0)

  return {
    ended(target: string, operation: string, code: string, durationMs: number): void {
      requests.inc({ target, operation, code })
      seconds.observe({ target, operation }, durationMs / 1000)
    },
    waited(connection: string, ms: number): void {
      waiting.inc({ connection }, ms / 1000)
    },
  }
}
