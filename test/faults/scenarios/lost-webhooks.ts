import { adminClient } from '../../support/admin-client.ts'
import { ADMIN_PASSWORD } from '../../support/sandbox-world.ts'
import type { SharedStore } from '../fault-store.ts'
import { loseJobs } from '../lose-jobs.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage } from '../stage.ts'
import { addTallies, type Tally } from '../tally.ts'

const AT_ONCE = 50

/** Moves that no webhook tells of in time. A third of them come late: beside the sweep, or when it is all over. */
async function neverArrived(context: Context, store: SharedStore): Promise<Tally> {
  return await onStage(context, { store }, async ({ sender, cluster, tellOf, sweep, verdict }) => {
    const untold = [...tellOf(context.scaled(250), 'greenhouse'), ...tellOf(context.scaled(50), 'lever')]
    const late = context.chance.shuffled(untold).slice(0, untold.length / 3)
    const [beside, after] = [late.slice(0, late.length / 2), late.slice(late.length / 2)]
    await Promise.all([sweep(), sender.sendAll(beside, AT_ONCE)])
    await adminClient(await cluster.liveUrl(), ADMIN_PASSWORD).quiet(60_000 + untold.length * 300)
    await sender.sendAll(after, AT_ONCE)
    return await verdict(untold.length, { everybody: true, ambiguousCreates: 0 })
  })
}

/** Accepted while the ATS is down, then gone from the queue. The replicas are started anew, and look for what is lost. */
async function lostFromTheQueue(context: Context, store: SharedStore): Promise<Tally> {
  return await onStage(context, { store }, async ({ sandboxes, sender, cluster, tellOf, verdict, ...stage }) => {
    const atses = [sandboxes.greenhouse, sandboxes.lever]
    for (const ats of atses) ats.fault({ kind: 'error-request', status: 503, probability: 1 })
    const tolds = [...tellOf(context.scaled(40), 'greenhouse'), ...tellOf(context.scaled(10), 'lever')]
    await sender.sendAll(tolds, AT_ONCE)
    const lost = await loseJobs(stage.store)
    for (const ats of atses) ats.clearFaults()
    await Promise.all(cluster.replicas.map((replica) => replica.roll()))
    const found = lost === tolds.length ? [] : [`${lost} of ${tolds.length} jobs were lost`]
    return await verdict(lost, { found, ambiguousCreates: 0 })
  })
}

export const f5: Scenario = {
  id: 'F5',
  title: 'webhooks that never arrive or come late, and jobs gone from the queue',
  run: async (context) =>
    await onStores(context, async (store) => {
      const cases = [neverArrived, lostFromTheQueue].map((play) => play(context, store))
      return addTallies(await Promise.all(cases))
    }),
}
