import { Counter, type Registry } from 'prom-client'

const outcomes = ['sent', 'failed'] as const

/** Of messages to ALERT_WEBHOOK_URL. */
export function alertMetrics(registry: Registry) {
  const messages = new Counter({
    name: 'bridge_alerts_total',
    help: 'Messages to ALERT_WEBHOOK_URL, by whether they could be sent',
    labelNames: ['outcome'],
    registers: [registry],
  })
  for (const outcome of outcomes) messages.inc({ outcome }, 0)
  return (outcome: (typeof outcomes)[number]): void => messages.inc({ outcome })
}
