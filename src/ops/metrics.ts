import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type DeliveryState, deliveryStates } from '../domain/delivery.ts'
import type { Journal } from '../journal/journal.ts'

const DELIVERY_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400]
const ANSWER_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5]
const CALL_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]

/** Everything that is counted, named by Prometheus conventions. Labels are closed lists: never ids, paths or texts. */
export type Metrics = ReturnType<typeof makeMetrics>

/** Makes the instruments, each in a registry of its own so that two bridges in one process do not share them. */
export function makeMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'bridge_' })
  return {
    registry,
    webhooks: new Counter({
      name: 'bridge_webhooks_total',
      help: 'Webhooks answered',
      labelNames: ['connection', 'status', 'reason'],
      registers,
    }),
    webhookAnswer: new Histogram({
      name: 'bridge_webhook_answer_seconds',
      help: 'Time from the request to the answer',
      labelNames: ['connection'],
      buckets: ANSWER_BUCKETS,
      registers,
    }),
    finished: new Counter({
      name: 'bridge_deliveries_finished_total',
      help: 'Deliveries that ended as delivered, lapsed or dead',
      labelNames: ['connection', 'state', 'reason'],
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'bridge_delivery_seconds',
      help: 'Time from the receipt of the webhook to the end of the delivery',
      labelNames: ['connection', 'state'],
      buckets: DELIVERY_BUCKETS,
      registers,
    }),
    retries: new Counter({
      name: 'bridge_retries_total',
      help: 'Attempts put off, by reason',
      labelNames: ['connection', 'reason'],
      registers,
    }),
    steps: new Histogram({
      name: 'bridge_step_seconds',
      help: 'Duration of the steps load, interview and write-back',
      labelNames: ['step', 'outcome'],
      buckets: CALL_BUCKETS,
      registers,
    }),
    calls: new Counter({
      name: 'bridge_client_requests_total',
      help: 'Calls to the ATSs and the vendor, by HTTP status or kind of failure',
      labelNames: ['target', 'operation', 'code'],
      registers,
    }),
    callSeconds: new Histogram({
      name: 'bridge_client_seconds',
      help: 'Duration of calls to the ATSs and the vendor',
      labelNames: ['target', 'operation'],
      buckets: CALL_BUCKETS,
      registers,
    }),
    alerts: new Counter({
      name: 'bridge_alerts_total',
      help: 'Messages to ALERT_WEBHOOK_URL, by whether they could be sent',
      labelNames: ['outcome'],
      registers,
    }),
    takenOver: new Counter({
      name: 'bridge_stalled_total',
      help: 'Deliveries taken over from a process that stopped',
      registers,
    }),
  }
}

/** Adds what is read from the store when Prometheus asks: the same on every replica, so to be taken with max. */
export function observeStore(metrics: Metrics, journal: Journal, now: () => number): void {
  const registers = [metrics.registry]
  new Gauge({
    name: 'bridge_deliveries',
    help: 'Deliveries by state now',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts: Readonly<Record<DeliveryState, number>> | undefined = await journal.counts().catch(() => undefined)
      for (const state of deliveryStates) if (counts) this.set({ state }, counts[state])
    },
  })
  new Gauge({
    name: 'bridge_oldest_waiting_age_seconds',
    help: 'How long the oldest delivery whose turn has come has been waiting',
    registers,
    async collect() {
      const [oldest] = await journal.overdue(now(), 1).catch(() => [])
      this.set(oldest ? Math.max(0, now() - oldest.dueAt) / 1000 : 0)
    },
  })
}
