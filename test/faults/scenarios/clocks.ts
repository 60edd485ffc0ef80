import { shiftedClock } from '../../support/shifted-clock.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

const AHEAD_MS = [-60_000, 0, 60_000] as const
const PER_SECOND = 10
const TAKEN_OVER = 'delivery taken over'

/** What makes deliveries come back, lists lag and limits count: all that times are written down for. */
function troubles({ greenhouse, lever, vendor }: Stage['sandboxes']): void {
  vendor.fault({ kind: 'error-request', operation: 'create', probability: 0.1, status: 503 })
  for (const ats of [greenhouse, lever]) {
    ats.configure({ noteLagMs: 4_000 })
    ats.fault({ kind: 'drop-reply', operation: 'create-note', probability: 0.2 })
  }
  greenhouse.configure({ rateLimit: 150 })
}

async function apart(context: Context, store: SharedStore) {
  const { chance } = context
  const ahead = chance.shuffled(AHEAD_MS)
  const ofReplica = (index: number) => shiftedClock(ahead[index % ahead.length] ?? 0)
  return await onStage(context, { store, ofReplica }, async (stage) => {
    const { sender, tellOf, verdict, cluster, sandboxes } = stage
    troubles(sandboxes)
    const count = context.scaled(500)
    await sender.sendSteadily(tellOf(Math.ceil(count / 2)), PER_SECOND)
    // Somebody sets the time of one machine, with work in flight.
    chance.pick(cluster.replicas).signal('SIGUSR2')
    await sender.sendSteadily(tellOf(Math.floor(count / 2)), PER_SECOND)
    const tally = await verdict(cluster.replicas.length, { quietWithinMs: 120_000 + count * 500 })
    const taken = cluster.output.split(TAKEN_OVER).length - 1
    context.say(`${store}: ${taken} deliveries were taken over from a process that was at work on them`)
    // PostgreSQL's locks go by the processes' clocks: there it happens, and nothing may be doubled by it.
    const stolen = store === 'redis' && taken > 0 ? [`${taken} deliveries were run by two at once`] : []
    return { ...tally, problems: [...tally.problems, ...stolen] }
  })
}

export const f10: Scenario = {
  id: 'F10',
  title: 'clocks a minute apart, and one that jumps by an hour',
  run: async (context) => await onStores(context, (store) => apart(context, store)),
}
