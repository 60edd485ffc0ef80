import { setTimeout as pause } from 'node:timers/promises'
import { adminClient } from '../../support/admin-client.ts'
import { copyOf, type OlderCopy } from '../../support/older-copy.ts'
import { ADMIN_PASSWORD } from '../../support/sandbox-world.ts'
import { onServer } from '../behind-the-bridge.ts'
import type { SharedStore } from '../fault-store.ts'
import { meanwhile } from '../meanwhile.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

/** What `appendfsync everysec`, or a replica that lags, may lose. */
const LOST_MS = 1_000
const PER_SECOND = 25
const AT_ONCE = 50
/** So that a fall comes between any two of a delivery's writes. */
const SLOW_STORE_MS = 20
/** A delivery whose record and job the fall has parted is looked for after half a minute, and may meet several falls. */
const QUIET_WITHIN_MS = 240_000

const slowAnswers = ({ sandboxes: { greenhouse, vendor } }: Stage) => {
  for (const sandbox of [greenhouse, vendor]) sandbox.fault({ kind: 'delay-reply', delayMs: [50, 300], probability: 1 })
}

async function thrownBack(context: Context, store: SharedStore) {
  const { chance } = context
  return await onStage(context, { store, proxied: true }, async (stage) => {
    const { sender, cluster, tellOf, sweep, verdict } = stage
    slowAnswers(stage)
    stage.store.proxy.delay(SLOW_STORE_MS)
    const sending = sender.sendSteadily(tellOf(context.scaled(1_000)), PER_SECOND)
    const throwBack = async () => {
      const copy = await copyOf(stage.store.server)
      await pause(LOST_MS)
      await copy.restore()
      await copy.remove()
    }
    const times = await meanwhile(sending, () => chance.between(500, 3_000), throwBack, Math.max(3, context.scaled(10)))
    await cluster.allListening()
    await sweep()
    return await verdict(times, { everybody: true, forgetful: true, quietWithinMs: QUIET_WITHIN_MS })
  })
}

export const f6: Scenario = {
  id: 'F6',
  title: 'store thrown back by a second, again and again',
  run: async (context) => await onStores(context, (store) => thrownBack(context, store)),
}

/** Wipes a store that holds deliveries done, waiting and at work. A new volume is like a copy from before the start. */
async function wiped(context: Context, store: SharedStore) {
  let empty: OlderCopy | undefined
  const before = async ({ server }: Stage['store']) => {
    if (store === 'postgres') empty = await copyOf(server)
  }
  return await onStage(context, { store, before }, async (stage) => {
    const { sender, cluster, tellOf, sweep, verdict, sandboxes } = stage
    slowAnswers(stage)
    const count = context.scaled(500)
    const [early, waiting, busy, late] = [tellOf(count / 4), tellOf(count / 4), tellOf(count / 4), tellOf(count / 4)]
    await sender.sendSteadily(early, PER_SECOND)
    await adminClient(await cluster.liveUrl(), ADMIN_PASSWORD).quiet(QUIET_WITHIN_MS)
    const atses = [sandboxes.greenhouse, sandboxes.lever]
    for (const ats of atses) ats.fault({ kind: 'error-request', status: 503, probability: 1 })
    await sender.sendAll(waiting, AT_ONCE)
    for (const ats of atses) ats.clearFaults()
    slowAnswers(stage)
    await sender.sendAll(busy, AT_ONCE)
    if (empty) {
      await empty.restore()
      await empty.remove()
      // Whoever puts a new volume there starts the bridge anew, which makes its tables.
      for (const replica of cluster.replicas) replica.kill()
      await cluster.allListening()
    } else await onServer(stage.store.settings, { redis: (redis) => redis.flushall(), postgres: async () => undefined })
    // Some are told again of whom the store knew.
    await sender.sendSteadily(context.chance.shuffled([...late, ...early]), PER_SECOND)
    await sweep()
    return await verdict(1, { everybody: true, forgetful: true, quietWithinMs: QUIET_WITHIN_MS })
  })
}

export const f28: Scenario = {
  id: 'F28',
  title: 'store wiped in the midst of work',
  run: async (context) => await onStores(context, (store) => wiped(context, store)),
}
