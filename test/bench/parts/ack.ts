import type { Part } from '../bench.ts'
import { alternate, compared, type Figure, measured, median } from '../harness.ts'
import { type LoadResult, requireAnswers } from '../load.ts'
import { spending } from '../spent.ts'

const CONNECTIONS = 64
const HALF_LOAD_CONNECTIONS = 256
const HALF_LOAD_MS = 5_000

/**
 * Routed webhooks to a process of role `web`, every one durable before its answer; against a receiver that stores
 * nothing, and against one that adds one plain job for each.
 */
export const ack: Part = async (bench) => {
  const { sizes } = bench
  const [store, plainStore] = await Promise.all([bench.redis(), bench.redis()])
  const [fakes, load] = await Promise.all([bench.fakes(), bench.load()])
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url, role: 'web' })
  const ceiling = await bench.ceiling('receiver')
  const ceilingUrl = await ceiling.call<string>('url')
  const plain = await bench.ceiling('receiver', { redisUrl: plainStore.url })
  const plainUrl = await plain.call<string>('url')

  const full = async (target: string) => {
    const { file } = bench.webhooks('routed', sizes.webhooks)
    const result = await load.run({ file, targets: [target], connections: CONNECTIONS })
    requireAnswers(result, '200 queued')
    return result
  }
  let rounds: { ours: LoadResult[]; ceiling: LoadResult[] } = { ours: [], ceiling: [] }
  const spent = await spending(
    { part: 'ack', each: 'webhook', count: sizes.webhooks * (sizes.rounds + 1) },
    { ours: { program: bridge, redisUrl: store.url }, ceiling: { program: ceiling } },
    async () => {
      rounds = await alternate(
        sizes.rounds,
        () => full(bridge.url),
        () => full(ceilingUrl),
      )
    },
  )
  const { ours, ceiling: bare } = rounds
  const rates = ours.map(({ perSecond }) => perSecond)

  const besidePlain = await alternate(
    sizes.rounds,
    () => full(bridge.url),
    () => full(plainUrl),
  )

  const half = median(rates) / 2
  const atHalf = async (target: string) => {
    const { file } = bench.webhooks('routed', Math.ceil((half * Math.min(HALF_LOAD_MS, sizes.webhooks)) / 1000))
    const result = await load.run({ file, targets: [target], connections: HALF_LOAD_CONNECTIONS, perSecond: half })
    requireAnswers(result, '200 queued')
    return result.p99
  }
  const halves = await alternate(
    sizes.rounds,
    () => atHalf(bridge.url),
    () => atHalf(plainUrl),
  )

  const figure = (what: string, unit: string): Pick<Figure, 'part' | 'what' | 'unit'> => ({ part: 'ack', what, unit })
  return [
    compared(
      { ...figure('webhooks', '/s'), bar: { of: 'ratio', atLeast: 0.65 } },
      rates,
      bare.map(({ perSecond }) => perSecond),
    ),
    compared(
      figure('webhooks, against one queue.add each', '/s'),
      besidePlain.ours.map(({ perSecond }) => perSecond),
      besidePlain.ceiling.map(({ perSecond }) => perSecond),
    ),
    compared(
      figure('p99 at full load', 'ms'),
      ours.map(({ p99 }) => p99),
      bare.map(({ p99 }) => p99),
    ),
    compared(
      { ...figure('p99 at half load, against one queue.add each', 'ms'), bar: { of: 'ours', atMost: 15 } },
      halves.ours,
      halves.ceiling,
    ),
    ...spent,
    measured({ ...figure('highest memory', 'MB'), bar: { of: 'ours', atMost: 220 } }, [bridge.peakMb()]),
  ]
}
