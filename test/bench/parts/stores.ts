import { join } from 'node:path'
import type { StoreSettings } from '../../../src/config/settings.ts'
import { startPostgres } from '../../support/postgres-server.ts'
import type { Bench, Part } from '../bench.ts'
import { type Figure, measured, repeat } from '../harness.ts'
import { deliveries } from './deliver.ts'

/** Receiving and delivering on each of the three stores, by one process that does both. */
export const stores: Part = async (bench) => {
  const postgres = await startPostgres()
  bench.onEnd(async () => await postgres.stop())
  const all: readonly (readonly [string, StoreSettings])[] = [
    ['Redis', await bench.redis()],
    ['PostgreSQL', { kind: 'postgres', url: postgres.url }],
    ['embedded', { kind: 'embedded', dir: join(bench.dir, 'data') }],
  ]
  const figures: Figure[] = []
  for (const [name, store] of all) figures.push(...(await onStore(bench, name, store)))
  return figures
}

async function onStore(bench: Bench, name: string, store: StoreSettings): Promise<Figure[]> {
  const [fakes, load] = await Promise.all([bench.fakes(), bench.load()])
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url })
  const rounds = await repeat(bench.sizes.rounds, () => deliveries(bench, load, [bridge], fakes))
  await bridge.stop()
  return [
    measured(
      { part: 'stores', what: `webhooks, ${name}`, unit: '/s' },
      rounds.map(({ received }) => received),
    ),
    measured(
      { part: 'stores', what: `deliveries, ${name}`, unit: '/s' },
      rounds.map(({ delivered }) => delivered),
    ),
  ]
}
