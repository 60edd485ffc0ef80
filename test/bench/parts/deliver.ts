import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Part } from '../bench.ts'
import type { BridgeUnderTest } from '../bridge.ts'
import type { Fakes } from '../fakes.ts'
import { alternate, compared, measured, repeat } from '../harness.ts'
import { type LoadGenerator, requireAnswers } from '../load.ts'
import { spending } from '../spent.ts'

const SENDERS = 64
const POLL_MS = 1

/** Queued deliveries, and a single webhook on an idle bridge. */
export const deliver: Part = async (bench) => {
  // Two of each, so that what one spends is not counted as the other's.
  const [store, ceilingStore, load] = await Promise.all([bench.redis(), bench.redis(), bench.load()])
  const [fakes, ceilingFakes] = await Promise.all([bench.fakes(), bench.fakes()])
  const bridge = await bench.bridge({ store, fakesUrl: fakes.url })
  const ceiling = await bench.ceiling('worker', {
    redisUrl: ceilingStore.url,
    fakesUrl: ceilingFakes.url,
  })

  const bare = async () => {
    const count = bench.sizes.deliveries
    return await drained(ceilingFakes, count, async () => {
      await ceiling.call('fill', { from: 1_000_001, count })
    })
  }
  let rates: { ours: number[]; ceiling: number[] } = { ours: [], ceiling: [] }
  const spent = await spending(
    { part: 'deliver', each: 'delivery, receipt included', count: bench.sizes.deliveries * (bench.sizes.rounds + 1) },
    { ours: { program: bridge, redisUrl: store.url }, ceiling: { program: ceiling, redisUrl: ceilingStore.url } },
    async () => {
      const own = async () => (await deliveries(bench, load, [bridge], fakes)).delivered
      rates = await alternate(bench.sizes.rounds, own, bare)
    },
  )
  const singles = await repeat(bench.sizes.single, async () => await single(bench, load, bridge, fakes))
  return [
    compared(
      { part: 'deliver', what: 'deliveries', unit: '/s', bar: { of: 'ratio', atLeast: 0.7 } },
      rates.ours,
      rates.ceiling,
    ),
    ...spent,
    measured({ part: 'deliver', what: 'idle, webhook to note', unit: 'ms', bar: { of: 'ours', atMost: 40 } }, singles),
  ]
}

/**
 * One round over bridges that receive and deliver: the webhooks while the vendor holds its answers, then the
 * deliveries that wait behind it.
 * @returns webhooks received and deliveries ended a second
 */
export async function deliveries(
  bench: Bench,
  load: LoadGenerator,
  bridges: readonly BridgeUnderTest[],
  fakes: Fakes,
): Promise<{ received: number; delivered: number }> {
  const { file } = bench.webhooks('routed', bench.sizes.deliveries)
  let received = Number.NaN
  const delivered = await drained(fakes, bench.sizes.deliveries, async () => {
    const result = await load.run({ file, targets: bridges.map(({ url }) => url), connections: SENDERS })
    requireAnswers(result, '200 queued')
    received = result.perSecond
  })
  return { received, delivered }
}

/** Deliveries a second, from the moment at which the vendor, held until all are queued, answers. */
async function drained(fakes: Fakes, count: number, fill: () => Promise<void>): Promise<number> {
  await fakes.reset()
  await fakes.hold()
  await fill()
  await fakes.release()
  const { lastNoteMs, creates } = await fakes.untilNotes(count)
  if (creates !== count) throw new Error(`${creates} create calls for ${count} deliveries`)
  return count / (lastNoteMs / 1000)
}

/** One webhook to its note, milliseconds, on a bridge that has nothing else to do. */
async function single(bench: Bench, load: LoadGenerator, bridge: BridgeUnderTest, fakes: Fakes): Promise<number> {
  const { file, from } = bench.webhooks('routed', 1)
  const sentAt = performance.timeOrigin + performance.now()
  requireAnswers(await load.run({ file, targets: [bridge.url], connections: 1 }), '200 queued')
  for (;;) {
    const notedAt = await fakes.noteAt(from)
    if (notedAt !== undefined) return notedAt - sentAt
    await pause(POLL_MS)
  }
}
