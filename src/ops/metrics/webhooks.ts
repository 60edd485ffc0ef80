import { Counter, Histogram, type Registry } from 'prom-client'
import { type IgnoredReason, ignoredReasons, type RefusedReason, refusedReasons } from '../../domain/reasons.ts'
import type { Received, RefusedUnread } from '../../receive/accept-webhook.ts'

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5]

const none = ['']
/** What a known connection's webhooks can be answered. */
const reasonsOf: Readonly<Record<Received['status'] | RefusedUnread, readonly string[]>> = {
  queued: none,
  duplicate: none,
  erased: none,
  ignored: Object.keys(ignoredReasons),
  unauthorized: Object.keys(refusedReasons),
  'not-json': none,
  'body-too-large': none,
  'wrong-content-type': none,
  unavailable: none,
  'unknown-connection': [],
}

/** Of webhooks. What is counted for each one that comes is looked up in two maps, with no label put together anew. */
export function webhookMetrics(registry: Registry, connections: readonly string[]) {
  const registers = [registry]
  const answers = new Counter({
    name: 'bridge_webhooks_total',
    help: 'Webhooks answered; those to no known connection have none here',
    labelNames: ['connection', 'status', 'reason'],
    registers,
  })
  const seconds = new Histogram({
    name: 'bridge_webhook_answer_seconds',
    help: 'Time from the request to the answer',
    labelNames: ['connection'],
    buckets: BUCKETS,
    registers,
  })

  const hold = (connection: string, reasons: Readonly<Record<string, readonly string[]>>) => {
    const counts = Object.entries(reasons).flatMap(([status, all]) =>
      all.map((reason) => [reason || status, answers.labels(connection, status, reason)] as const),
    )
    for (const [, count] of counts) count.inc(0)
    seconds.zero({ connection })
    return { counts: new Map(counts), seconds: seconds.labels(connection) }
  }
  const stranger = hold('', { 'unknown-connection': none, 'body-too-large': none, 'wrong-content-type': none })
  const held = new Map(connections.map((connection) => [connection, hold(connection, reasonsOf)]))
  const of = (connection: string) => held.get(connection) ?? stranger

  return {
    answered(
      connection: string,
      outcome: Received['status'] | IgnoredReason | RefusedReason,
      durationMs: number,
    ): void {
      const kept = of(connection)
      kept.counts.get(outcome)?.inc()
      kept.seconds.observe(durationMs / 1000)
    },
    refusedUnread(connection: string, reason: RefusedUnread): void {
      of(connection).counts.get(reason)?.inc()
    },
  }
}
