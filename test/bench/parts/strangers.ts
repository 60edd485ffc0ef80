import type { Part } from '../bench.ts'
import { alternate, compared } from '../harness.ts'
import { requireAnswers } from '../load.ts'

const GENUINE_PER_SECOND = 200
const GENUINE_MS = 5_000
const GENUINE_CONNECTIONS = 64
const STRANGERS = 32
const FORGED = 2_000

/** Genuine traffic by itself, and while somebody sends bad signatures as fast as they are refused. */
export const strangers: Part = async (bench) => {
  const [store, fakes, load, flood] = await Promise.all([bench.redis(), bench.fakes(), bench.load(), bench.load()])
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url, role: 'web' })

  const genuine = async () => {
    const { file } = bench.webhooks('routed', (GENUINE_PER_SECOND * Math.min(GENUINE_MS, bench.sizes.webhooks)) / 1000)
    const options = { targets: [bridge.url], connections: GENUINE_CONNECTIONS, perSecond: GENUINE_PER_SECOND }
    const result = await load.run({ file, ...options })
    requireAnswers(result, '200 queued')
    return result.p99
  }
  const genuineThenQuiet = async () => {
    try {
      return await genuine()
    } finally {
      await flood.stopLoad()
    }
  }
  const floods: number[] = []
  const underFlood = async () => {
    const { file } = bench.webhooks('forged', FORGED)
    const [flooded, p99] = await Promise.all([
      flood.run({ file, targets: [bridge.url], connections: STRANGERS, isEndless: true }),
      genuineThenQuiet(),
    ])
    requireAnswers(flooded, '401 unauthorized', '429 too-many-failures')
    floods.push(flooded.perSecond)
    return p99
  }
  const { ours, ceiling: quiet } = await alternate(bench.sizes.rounds, underFlood, genuine)
  bench.say(`forged webhooks refused: ${floods.map(Math.round).join(', ')} a second`)
  const what = `p99 of ${GENUINE_PER_SECOND} genuine webhooks/s under a flood, against quiet`
  return [compared({ part: 'strangers', what, unit: 'ms', bar: { of: 'ratio', atMost: 5 } }, ours, quiet)]
}
