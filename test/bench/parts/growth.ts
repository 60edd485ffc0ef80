import { join } from 'node:path'
import type { Bench, Part } from '../bench.ts'
import type { BridgeUnderTest } from '../bridge.ts'
import type { Fakes } from '../fakes.ts'
import { alternate, compared, type Figure, measured, repeat } from '../harness.ts'
import { type LoadGenerator, requireAnswers } from '../load.ts'
import { redisSpent } from '../spent.ts'
import { writeGets } from '../webhooks.ts'
import { deliveries } from './deliver.ts'

const CHUNK = 5_000
const READERS = 4
const READS = 1_000
const queries = ['', '?limit=200', '?state=delivered', '?connection=greenhouse&limit=50', '?state=dead', '?q=1000500']

/**
 * A young store beside one that holds many finished deliveries more, all of them made by the bridge itself. The young one
 * grows by each round: a new one would need a new process, and that is slow until its code is compiled.
 */
export const growth: Part = async (bench) => {
  const [load, youngFakes, fakes] = await Promise.all([bench.load(), bench.fakes(), bench.fakes()])
  const [youngStore, store] = await Promise.all([bench.redis(), bench.redis()])
  const young = await bench.bridge({ store: youngStore, fakesUrl: youngFakes.url })
  const grown = await bench.bridge({ store, fakesUrl: fakes.url })

  const { bytes: before } = await redisSpent(store.url)
  await grow(bench, load, grown, fakes)
  const bytes = (await redisSpent(store.url)).bytes - before
  bench.say(`memory after ${bench.sizes.grown} deliveries: at most ${Math.round(grown.peakMb())} MB`)

  const { ours, ceiling } = await alternate(
    bench.sizes.rounds,
    () => deliveries(bench, load, [grown], fakes),
    () => deliveries(bench, load, [young], youngFakes),
  )
  const paths = Array.from({ length: READS }, (_, index) => `/api/deliveries${queries[index % queries.length]}`)
  const reads = await repeat(bench.sizes.rounds, async () => {
    const file = writeGets(join(bench.dir, 'reads'), paths, { authorization: grown.authorization })
    const result = await load.run({ file, targets: [grown.url], connections: READERS })
    requireAnswers(result, '200')
    return result.p99
  })

  const { deliveries: each, rounds } = bench.sizes
  const heldByYoung = rounds > 1 ? `${each} to ${each * rounds}` : String(each)
  const figure = (what: string, unit: string): Pick<Figure, 'part' | 'what' | 'unit'> => ({
    part: 'growth',
    what: `${what}, ${bench.sizes.grown} finished`,
    unit,
  })
  const besideYoung = (what: string) => ({
    part: 'growth',
    unit: '/s',
    what: `${what}, ${bench.sizes.grown} finished more than the ${heldByYoung} beside`,
    bar: { of: 'ratio', atLeast: 1 / 1.2 } as const,
  })
  const [receivedNow, receivedThen] = [ours.map(({ received }) => received), ceiling.map(({ received }) => received)]
  const [deliveredNow, deliveredThen] = [ours.map((one) => one.delivered), ceiling.map((one) => one.delivered)]
  return [
    compared(besideYoung('webhooks'), receivedNow, receivedThen),
    compared(besideYoung('deliveries'), deliveredNow, deliveredThen),
    measured({ ...figure('GET /api/deliveries p99', 'ms'), bar: { of: 'ours', atMost: 30 } }, reads),
    measured(figure('Redis memory for each', 'bytes'), [bytes / bench.sizes.grown]),
  ]
}

async function grow(bench: Bench, load: LoadGenerator, bridge: BridgeUnderTest, fakes: Fakes): Promise<void> {
  for (let made = 0; made < bench.sizes.grown; made += CHUNK) {
    const count = Math.min(CHUNK, bench.sizes.grown - made)
    await fakes.reset()
    const { file } = bench.webhooks('routed', count)
    requireAnswers(await load.run({ file, targets: [bridge.url], connections: 32 }), '200 queued')
    await fakes.untilNotes(count)
  }
}
