import { Gauge, type Registry } from 'prom-client'
import { openStates } from '../../journal/journal.ts'
import { makeReading, type ReadingTools, type StoreReading } from './store-reading.ts'

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | undefined]

const noBacklog = { queued: 0, running: 0, retrying: 0, dead: 0 }

/**
 * Adds what is read from the store when Prometheus asks: the same on every replica, so to be taken with max. While the
 * store is away `bridge_store_up` alone is told; a number that nobody has read is none.
 */
export function storeGauges(registry: Registry, tools: ReadingTools): void {
  const read = makeReading(tools)
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    samplesOf: (reading: StoreReading) => readonly Sample[],
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        const samples = samplesOf(await read())
        this.reset()
        // A gauge without labels is reset to 0, not to nothing.
        if (labelNames.length === 0) this.remove()
        for (const [labels, value] of samples)
          if (value !== undefined && Number.isFinite(value)) this.set({ ...labels }, value)
      },
    })
  const seconds = (ms: number | undefined) => ms && ms / 1000

  gauge('bridge_store_up', 'Whether the store answered', [], ({ isUp }) => [[{}, isUp ? 1 : 0]])
  gauge('bridge_store_used_bytes', 'Room that the store takes up', [], ({ size }) => [[{}, size?.usedBytes]])
  gauge('bridge_store_limit_bytes', 'Room that it may take up, if it has a limit', [], ({ size }) => [
    [{}, size?.limitBytes],
  ])
  gauge('bridge_deliveries', 'Deliveries now, in the states that are no good end', ['connection', 'state'], (reading) =>
    backlogsOf(reading).flatMap(({ connection, counts }) =>
      openStates.map((state): Sample => [{ connection, state }, counts[state]]),
    ),
  )
  gauge(
    'bridge_oldest_waiting_age_seconds',
    'How long the oldest delivery whose turn has come has been waiting; 0: none',
    ['connection'],
    (reading) =>
      backlogsOf(reading).map(
        ({ connection, oldestDueAt = reading.at }): Sample => [
          { connection },
          Math.max(0, reading.at - oldestDueAt) / 1000,
        ],
      ),
  )
  gauge(
    'bridge_last_webhook_timestamp_seconds',
    'When the last correctly signed webhook came',
    ['connection'],
    ({ connections }) =>
      connections.map(({ connection, lastWebhookAt }): Sample => [{ connection }, seconds(lastWebhookAt)]),
  )
  gauge('bridge_rate_budget_used_ratio', 'Share of the ATS’s limit that is used', ['connection'], ({ connections }) =>
    connections.map(({ connection, budgetUsed }): Sample => [{ connection }, budgetUsed]),
  )
  gauge('bridge_sweep_gap', 'People the last sweep found without a delivery', ['connection'], ({ connections }) =>
    connections.map(({ connection, sweep }): Sample => [{ connection }, sweep?.gap]),
  )
  gauge(
    'bridge_sweep_last_success_timestamp_seconds',
    'When a whole sweep last ended',
    ['connection'],
    ({ connections }) =>
      connections.map(({ connection, sweep }): Sample => [{ connection }, seconds(sweep?.succeededAt)]),
  )
}

/** Those of the connections configured, and of any other that has left some. */
function backlogsOf({ backlogs, connections }: StoreReading): NonNullable<StoreReading['backlogs']> {
  if (backlogs === undefined) return []
  const known = new Set(backlogs.map(({ connection }) => connection))
  const idle = connections.filter(({ connection }) => !known.has(connection))
  return [...backlogs, ...idle.map(({ connection }) => ({ connection, counts: noBacklog }))]
}
