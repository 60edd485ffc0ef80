import type { Part } from '../bench.ts'
import type { FakesTally } from '../fakes.ts'
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

  const { whole, accepted } = wholeWindows(windows)
  const figure = (what: string, unit: string, ours: number, bar: { atLeast?: number; atMost?: number }) =>
    measured({ part: 'budget', what, unit, bar: { of: 'ours', ...bar } }, [ours])
  return [
    figure(`use of ${whole} whole windows of ${LIMIT} calls`, '%', (accepted / (whole * LIMIT)) * 100, { atLeast: 95 }),
    figure('calls refused for the limit', '%', (refused / (calls + refused)) * 100, { atMost: 0.5 }),
    figure('calls for each delivery', '', calls / bench.sizes.limited, { atMost: 1.15 }),
  ]
}

/**
 * The windows between the first, in which the work began, and the last, in which it ended: one without any call counts,
 * too, though nobody has told of it.
 */
export function wholeWindows(windows: FakesTally['windows']): { readonly whole: number; readonly accepted: number } {
  const numbers = windows.map(({ number }) => number)
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)]
  const within = windows.filter(({ number }) => number > first && number < last)
  return { whole: last - first - 1, accepted: within.reduce((sum, { accepted }) => sum + accepted, 0) }
}
