import type { Part } from '../bench.ts'
import { alternate, compared } from '../harness.ts'
import { requireAnswers } from '../load.ts'

const CONNECTIONS = 64

/** Genuine webhooks of a stage without a route. */
export const ignored: Part = async (bench) => {
  const [store, fakes, load] = await Promise.all([bench.redis(), bench.fakes(), bench.load()])
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url, role: 'web' })
  const ceiling = await bench.ceiling('receiver')
  const ceilingUrl = await ceiling.call<string>('url')

  const full = async (target: string, expected: string) => {
    const { file } = bench.webhooks('ignored', bench.sizes.webhooks)
    const result = await load.run({ file, targets: [target], connections: CONNECTIONS })
    requireAnswers(result, expected)
    return result.perSecond
  }
  const { ours, ceiling: bare } = await alternate(
    bench.sizes.rounds,
    () => full(bridge.url, '200 ignored'),
    () => full(ceilingUrl, '200 queued'),
  )
  return [compared({ part: 'ignored', what: 'webhooks', unit: '/s', bar: { of: 'ratio', atLeast: 0.85 } }, ours, bare)]
}
