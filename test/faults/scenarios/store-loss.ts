import { setTimeout as pause } from 'node:timers/promises'
import { copyOf, type OlderCopy } from '../../support/older-copy.ts'
import { onServer } from '../behind-the-bridge.ts'
import type { SharedStore } from '../fault-store.ts'
import { meanwhile } from '../meanwhile.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

/** What `appendfsync everysec`, or a replica that lags, may lose. */
const LOST_MS = 1_000
const PER_SECOND = 25
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

async function wiped(context: Context, store: SharedStore) {
  let empty: OlderCopy | undefined
  const before = async ({ server }: Stage['store']) => {
    if (store === 'postgres') empty = await copyOf(server)
  }
  return await onStage(context, { store, before }, async (stage) => {
    const { sender, cluster, tellOf, sweep, verdict, sandboxes } = stage
    slowAnswers(stage)
    const count = context.scaled(500)
    const sending = sender.sendSteadily(tellOf(count), PER_SECOND)
    while (sandboxes.vendor.interviews().length < count / 2) await pause(10)
    if (empty) {
      // A new volume; whoever puts it there starts the bridge anew, which makes its tables.
      await empty.restore()
      await empty.remove()
      for (const replica of cluster.replicas) replica.kill()
    } else await onServer(stage.store.settings, { redis: (redis) => redis.flushall(), postgres: async () => undefined })
    await sending
    await cluster.allListening()
    await sweep()
    return await verdict(1, { everybody: true, forgetful: true, quietWithinMs: QUIET_WITHIN_MS })
  })
}

export const f28: Scenario = {
  id: 'F28',
  title: 'store wiped in the midst of work',
  run: async (context) => await onStores(context, (store) => wiped(context, store)),
}
