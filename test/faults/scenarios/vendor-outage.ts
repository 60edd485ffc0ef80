import { setTimeout as pause } from 'node:timers/promises'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage } from '../stage.ts'
import { countBy } from '../tally.ts'

const LEAST_OUTAGE_MS = 12_000
/**
 * Instead of six hours, which no clock can be made to pass without the store's passing too. Waits double up to an
 * hour and pauses between calls up to a minute, so this shows the same but for the longest waits; a unit test has them.
 */
const OUTAGE_MS = 100_000
const REPLICAS = 3
/** Calls after which a process takes the vendor to be down. */
const FAILURES_EACH = 5
const MOST_PER_SECOND = 2
/** Of all that wait, how many may come back within one second. */
const MOST_AT_ONCE = 0.5

async function down(context: Context, store: SharedStore) {
  return await onStage(context, { store, replicas: REPLICAS }, async ({ sandboxes: { vendor }, sender, ...stage }) => {
    const { tellOf, verdict } = stage
    const outageMs = Math.max(LEAST_OUTAGE_MS, context.scaled(OUTAGE_MS))
    const count = context.scaled(1_000)
    // Some calls are cut off, which leaves their outcome unknown; the others are told so.
    vendor.fault({ kind: 'drop-request', probability: 0.5 })
    vendor.fault({ kind: 'error-request', probability: 1, status: 503 })
    const downAt = Date.now()
    await sender.sendSteadily(tellOf(count), count / (outageMs / 2_000))
    await pause(Math.max(0, downAt + outageMs - Date.now()))
    vendor.clearFaults()
    const backAt = Date.now()
    const inVain = vendor.calls.filter(({ at }) => at < backAt).length
    const mostInVain = REPLICAS * FAILURES_EACH + ((backAt - downAt) / 1_000) * MOST_PER_SECOND

    const tally = await verdict(inVain, { quietWithinMs: 60_000 + outageMs * 2 + count * 200 })
    const creates = vendor.calls.filter(({ operation, at }) => operation === 'create' && at >= backAt)
    const perSecond = countBy(creates.map(({ at }) => String(Math.floor((at - backAt) / 1_000))))
    const busiest = Math.max(...Object.values(perSecond))
    context.say(`${store}: ${inVain} calls while down, the busiest second after had ${busiest} of ${count}`)
    const found = [
      ...(inVain > mostInVain ? [`${inVain} calls in ${backAt - downAt} ms of the outage`] : []),
      ...(busiest > count * MOST_AT_ONCE ? [`${busiest} of ${count} came back within one second`] : []),
    ]
    return { ...tally, problems: [...tally.problems, ...found] }
  })
}

export const f22: Scenario = {
  id: 'F22',
  title: 'vendor down for long, then back',
  run: async (context) => await onStores(context, (store) => down(context, store)),
}
