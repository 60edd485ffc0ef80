import { KEY_PREFIX } from '../../../src/store/redis-script.ts'
import type { Bench, Part } from '../bench.ts'
import type { BridgeUnderTest } from '../bridge.ts'
import { type Figure, measured, repeat } from '../harness.ts'
import { type Costs, model } from '../model.ts'
import { redisBytesOf, redisSpent } from '../spent.ts'
import { deliveries } from './deliver.ts'

const PROCESSES = [1, 2, 4]

/** Several processes on one Redis, and what their costs mean for a very large company. */
export const replicas: Part = async (bench) => {
  const figures: Figure[] = []
  let costs: Costs | undefined
  for (const count of PROCESSES) {
    const result = await onReplicas(bench, count)
    figures.push(...result.figures)
    costs ??= result.costs
  }
  return [...figures, ...(costs ? model(costs) : [])]
}

async function onReplicas(bench: Bench, count: number): Promise<{ figures: Figure[]; costs: Costs }> {
  const [store, fakes, load] = await Promise.all([bench.redis(), bench.fakes(), bench.load()])
  const start = async () => await bench.bridge({ store, fakesUrl: fakes.url })
  const bridges = await Promise.all(Array.from({ length: count }, start))
  const before = await spent(store.url, bridges)
  const rounds = await repeat(bench.sizes.rounds, () => deliveries(bench, load, bridges, fakes))
  const after = await spent(store.url, bridges)
  await Promise.all(bridges.map((bridge) => bridge.stop()))

  const made = bench.sizes.deliveries * (bench.sizes.rounds + 1)
  const each = (key: keyof Costs) => (after[key] - before[key]) / made
  const name = count === 1 ? '1 process' : `${count} processes`
  return {
    figures: [
      measured(
        { part: 'replicas', what: `webhooks, ${name}`, unit: '/s' },
        rounds.map(({ received }) => received),
      ),
      measured(
        { part: 'replicas', what: `deliveries, ${name}`, unit: '/s' },
        rounds.map(({ delivered }) => delivered),
      ),
    ],
    costs: {
      ...{ bridgeSeconds: each('bridgeSeconds'), redisSeconds: each('redisSeconds') },
      ...{ journalBytes: each('journalBytes'), ledgerBytes: each('ledgerBytes') },
    },
  }
}

/** What has been spent so far. */
async function spent(redisUrl: string, bridges: readonly BridgeUnderTest[]): Promise<Costs> {
  const { cpuSeconds: redisSeconds } = await redisSpent(redisUrl)
  const [journalBytes, ledgerBytes] = await Promise.all([
    redisBytesOf(redisUrl, `${KEY_PREFIX}journal:`),
    redisBytesOf(redisUrl, `${KEY_PREFIX}ledger:`),
  ])
  const cpu = await Promise.all(bridges.map((bridge) => bridge.cpuSeconds()))
  return {
    bridgeSeconds: cpu.reduce((sum, seconds) => sum + seconds, 0),
    redisSeconds,
    journalBytes,
    ledgerBytes,
  }
}
