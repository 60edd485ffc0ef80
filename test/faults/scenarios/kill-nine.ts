import { setTimeout as pause } from 'node:timers/promises'
import type { SharedStore } from '../fault-store.ts'
import { meanwhile } from '../meanwhile.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'
import type { Tally } from '../tally.ts'

/** How much of it. */
export interface Killing {
  readonly webhooks: number
  readonly kills: number
}

/** The ATSs send again for hours. */
const PATIENCE_MS = 3_600_000

/** Concurrent deliveries of one process: each may leave one create unknown when it is killed. */
const AT_ONCE = 50

const slowAnswers = ({ sandboxes: { greenhouse, vendor } }: Stage) => {
  greenhouse.fault({ kind: 'delay-reply', delayMs: [20, 120], probability: 1 })
  vendor.fault({ kind: 'delay-reply', delayMs: [40, 160], probability: 1 })
}

/** The pauses of one that was at work in five kills in a row, and its last take-over. */
const QUIET_WITHIN_MS = 240_000

const verdictOf = async ({ cluster, verdict }: Stage) =>
  await verdict(cluster.kills, { quietWithinMs: QUIET_WITHIN_MS, ambiguousCreates: cluster.kills * AT_ONCE })

/** Three replicas on one store; a random one is killed every 0.3–0.8 s, with webhooks coming at that pace. */
export async function killReplicas(context: Context, store: SharedStore, killing: Killing): Promise<Tally> {
  return await onStage(context, { store, sender: { patienceMs: PATIENCE_MS } }, async (stage) => {
    slowAnswers(stage)
    const { webhooks, kills } = killing
    const sending = stage.sender.sendSteadily(stage.tellOf(webhooks), Math.max(10, (webhooks / kills) * 1.5))
    const pauseMs = () => context.chance.between(300, 800)
    await meanwhile(sending, pauseMs, () => stage.cluster.killOne(), kills)
    context.say(`${store}: ${stage.cluster.kills} kills`)
    return await verdictOf(stage)
  })
}

/** One process on the embedded store, killed 0.3–2 s after it began to listen: it takes seconds to open its folder. */
export async function killEmbedded(context: Context, killing: Killing): Promise<Tally> {
  const options = { store: 'embedded', replicas: 1, sender: { patienceMs: PATIENCE_MS } } as const
  return await onStage(context, options, async (stage) => {
    slowAnswers(stage)
    const { webhooks, kills } = killing
    const sending = stage.sender.sendAll(stage.tellOf(webhooks), AT_ONCE)
    const kill = async () => {
      await stage.cluster.liveUrl()
      await pause(context.chance.between(300, 2_000))
      await stage.cluster.killOne()
    }
    await meanwhile(sending, () => 0, kill, kills)
    context.say(`embedded: ${stage.cluster.kills} kills`)
    return await verdictOf(stage)
  })
}

export const f1: Scenario = {
  id: 'F1',
  title: 'replicas killed with -9 along the whole line',
  run: async (context) => {
    const killing = { webhooks: context.scaled(2_000), kills: context.scaled(200) }
    return await onStores(context, (store) => killReplicas(context, store, killing))
  },
}

export const f29: Scenario = {
  id: 'F29',
  title: 'the embedded store killed while writing',
  run: async (context) => await killEmbedded(context, { webhooks: context.scaled(5_000), kills: context.scaled(50) }),
}
