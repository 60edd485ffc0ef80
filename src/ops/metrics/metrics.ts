import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { alertMetrics } from './alerts.ts'
import { callMetrics } from './calls.ts'
import { deliveryMetrics } from './deliveries.ts'
import type { Observed } from './observed.ts'
import { webhookMetrics } from './webhooks.ts'

/** Everything that is counted, named by Prometheus conventions. Labels are closed lists: never ids, paths or texts. */
export type Metrics = ReturnType<typeof makeMetrics>

/** Gauges of prom-client that are named like counters; others tell the same by type of handle or request. */
const misnamed = ['handles', 'requests', 'resources'].map((what) => `bridge_nodejs_active_${what}_total`)

/**
 * Makes the instruments, in a registry of their own so that two bridges in one process do not share them. Every counter
 * begins at 0 with all its labels: of one that is born at 6, Prometheus sees no increase.
 */
export function makeMetrics(observed: Observed) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'bridge_' })
  for (const name of misnamed) registry.removeSingleMetric(name)
  const { version, role, store, connections, targets } = observed
  new Gauge({
    name: 'bridge_build_info',
    help: 'Always 1; what runs',
    labelNames: ['version', 'node', 'role', 'store'],
    registers: [registry],
  }).set({ version, node: process.versions.node, role, store }, 1)
  return {
    registry,
    webhooks: webhookMetrics(registry, connections),
    deliveries: deliveryMetrics(registry, connections),
    alerted: alertMetrics(registry),
    storeClockAhead: new Gauge({
      name: 'bridge_store_clock_ahead_seconds',
      help: 'How far the clock of the store is ahead of this machine’s',
      registers: [registry],
    }),
    calls: callMetrics(registry, connections, targets),
  }
}
