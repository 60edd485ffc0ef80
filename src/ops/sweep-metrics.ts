import { Gauge } from 'prom-client'
import type { SharedCache } from '../store/store.ts'
import { readSweepState, type SweepState } from '../sweep/sweep-state.ts'
import type { Metrics } from './metrics.ts'

/** Adds what the store knows of the sweeps: the same on every replica, so to be taken with max. */
export function observeSweeps({ registry }: Metrics, connections: readonly string[], cache: SharedCache): void {
  const gauge = (name: string, help: string, numberOf: (state: SweepState) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['connection'],
      registers: [registry],
      async collect() {
        for (const connection of connections) {
          const state = await readSweepState(cache, connection).catch(() => undefined)
          const value = state && numberOf(state)
          if (value !== undefined) this.set({ connection }, value)
        }
      },
    })
  gauge('bridge_sweep_gap', 'People the last sweep found without a delivery', ({ gap }) => gap)
  gauge(
    'bridge_sweep_last_success_timestamp_seconds',
    'When a whole sweep last ended',
    ({ succeededAt }) => succeededAt && succeededAt / 1000,
  )
}
