import type { Part } from '../bench.ts'
import { measured } from '../harness.ts'
import { requireAnswers } from '../load.ts'

const LIMIT = 150
const WINDOW_MS = 30_000

/** A backlog against an ATS that allows 150 calls in 30 s. Measured once: it takes as long as the limit says. */
export const budget: Part = async (bench) => {
  const [store, load] = await Promise.all([bench.redis(), bench.load()])
  const fakes = await bench.fakes({ limit: LIMIT, windowMs: WINDOW_MS })
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url })
  const { file } = bench.webhooks('routed', bench.sizes.limited)
  await fakes.reset()
  requireAnswers(await load.run({ file, targets: [bridge.url], connections: 16 }), '200 queued')
  const { calls, refused, windows } = await fakes.untilNotes(bench.sizes.limited)

  // The last window ends when the work does.
  const full = windows.slice(0, -1)
  const used = full.reduce((sum, { accepted }) => sum + accepted, 0) / (full.length * LIMIT)
  const figure = (what: string, unit: string, ours: number, bar: { atLeast?: number; atMost?: number }) =>
    measured({ part: 'budget', what, unit, bar: { of: 'ours', ...bar } }, [ours])
  return [
    figure(`use of ${full.length} whole windows of ${LIMIT} calls`, '%', used * 100, { atLeast: 95 }),
    figure('calls refused for the limit', '%', (refused / (calls + refused)) * 100, { atMost: 0.5 }),
    figure('calls for each delivery', '', calls / bench.sizes.limited, { atMost: 1.15 }),
  ]
}
