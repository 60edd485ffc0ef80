import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Part } from '../bench.ts'
import type { BridgeUnderTest } from '../bridge.ts'
import { compared } from '../harness.ts'
import { requireAnswers } from '../load.ts'

const SENDERS = 64
const STRETCHES = 10
/** Of the webhooks, one in so many is routed. */
const ROUTED_ONE_IN = 10
const SETTLE_MS = 1_000
const collector = fileURLToPath(new URL('../collect-on-signal.ts', import.meta.url))

/** An hour's worth of traffic, in stretches: what is left on the heap after each, once its garbage is collected. */
export const soak: Part = async (bench) => {
  const [store, fakes, load] = await Promise.all([bench.redis(), bench.fakes(), bench.load()])
  const nodeFlags = [...bench.nodeFlags, '--import', collector]
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url, nodeFlags })
  const send = async (kind: 'routed' | 'ignored', count: number, expected: string) => {
    const { file } = bench.webhooks(kind, count)
    requireAnswers(await load.run({ file, targets: [bridge.url], connections: SENDERS }), expected)
  }
  const routed = Math.ceil(bench.sizes.soaked / STRETCHES / ROUTED_ONE_IN)
  const left: number[] = []
  for (let stretch = 0; stretch < STRETCHES; stretch += 1) {
    await fakes.reset()
    await send('ignored', routed * (ROUTED_ONE_IN - 1), '200 ignored')
    await send('routed', routed, '200 queued')
    await fakes.untilNotes(routed)
    left.push(await heapMb(bridge))
  }
  bench.say(`heap after each stretch: ${left.map((mb) => mb.toFixed(1)).join(', ')} MB`)
  // The first stretches fill what has a limit: compiled code, the webhooks that are kept in mind, pools of connections.
  const half = STRETCHES / 2
  const what = `heap after ${bench.sizes.soaked} webhooks, against half of them`
  const bar = { of: 'ratio', atMost: 1.1 } as const
  return [compared({ part: 'soak', what, unit: 'MB', bar }, left.slice(-1), left.slice(half - 1, half))]
}

async function heapMb(bridge: BridgeUnderTest): Promise<number> {
  await pause(SETTLE_MS)
  process.kill(bridge.pid, 'SIGUSR2')
  await pause(SETTLE_MS)
  return (await bridge.metric('bridge_nodejs_heap_size_used_bytes')) / 1e6
}
