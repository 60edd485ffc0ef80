import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import { type WriteRefusal, writeRefusals } from '../refuse-writes.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage } from '../stage.ts'
import { addTallies, type Tally } from '../tally.ts'

const AT_ONCE = 50
/** From the create call to its answer: the store begins to refuse in between. */
const CREATE_MS = 6_000
/** The same for the last of the load of those whose create must wait until the store takes the intent. */
const LOAD_MS = 3_000
const LEAST_REFUSAL_MS = 6_000

/**
 * Without the vendor's read-back: a link that is not kept in memory until the store takes it is lost for good. Some are
 * between create and link when the store begins to refuse, some before the create, some are only told of then.
 */
async function refusing(context: Context, refusal: WriteRefusal): Promise<Tally> {
  const options = { store: refusal.store, sandboxes: { vendor: { readBack: 'off' } } } as const
  return await onStage(context, options, async ({ sandboxes, sender, tellOf, verdict, store }) => {
    const { greenhouse, vendor } = sandboxes
    const creates = () => vendor.calls.filter(({ operation }) => operation === 'create')
    const loads = () => greenhouse.calls.filter(({ operation }) => operation === 'list-candidates').length

    vendor.fault({ kind: 'delay-reply', operation: 'create', probability: 1, delayMs: CREATE_MS })
    const created = tellOf(context.scaled(100), 'greenhouse')
    await sender.sendAll(created, AT_ONCE)
    await until(() => vendor.interviews().length === created.length)
    greenhouse.fault({ kind: 'delay-reply', operation: 'list-candidates', probability: 1, delayMs: LOAD_MS })
    const loadsBefore = loads()
    await sender.sendAll(tellOf(context.scaled(50), 'greenhouse'), AT_ONCE)
    await until(() => loads() > loadsBefore)

    await refusal.begin(store.settings)
    const begunAt = Date.now()
    const unanswered = () => creates().filter(({ status }) => status === undefined).length
    const held = unanswered()
    const sending = sender.sendAll(tellOf(context.scaled(50), 'greenhouse'), AT_ONCE)
    await pause(Math.max(LEAST_REFUSAL_MS, context.scaled(30_000)))
    await until(() => unanswered() === 0)
    const bold = creates().filter(({ at }) => at > begunAt).length
    await refusal.end(store.settings)
    for (const sandbox of [greenhouse, vendor]) sandbox.clearFaults()
    await sending

    const found = [
      ...(held > 0 ? [] : ['no link was on its way when the store began to refuse']),
      ...(bold === 0 ? [] : [`${bold} interviews were asked for while the store refused`]),
    ]
    const tally = await verdict(held, { found, ambiguousCreates: held })
    return { ...tally, problems: tally.problems.map((problem) => `${refusal.name}: ${problem}`) }
  })
}

export const f20: Scenario = {
  id: 'F20',
  title: 'store refuses writes between create and link',
  run: async (context) =>
    await onStores(context, async (store) => {
      const refusals = writeRefusals.filter((refusal) => refusal.store === store)
      return addTallies(await Promise.all(refusals.map((refusal) => refusing(context, refusal))))
    }),
}

/** The requests with which a delivery's end is noted, and its job done with. */
const completions: Readonly<Record<SharedStore, RegExp>> = {
  redis: /\r\n(delivered|returnvalue)\r\n/,
  postgres: /UPDATE bridge\.delivery AS d SET state.*delivered|move_to_completed/s,
}
/** Share of them that meet a cut. */
const CUT = 0.15

async function cutAtCompletion(context: Context, store: SharedStore): Promise<Tally> {
  return await onStage(context, { store, proxied: true }, async ({ sender, tellOf, verdict, ...stage }) => {
    const { proxy } = stage.store
    proxy.breakAt((request) => {
      const isCut = completions[store].test(request.toString('latin1')) && context.chance.next() < CUT
      return isCut ? context.chance.pick(['request', 'reply'] as const) : undefined
    })
    const count = context.scaled(500)
    await sender.sendAll(tellOf(count), AT_ONCE)
    const tally = await verdict(0, { ambiguousCreates: 0, quietWithinMs: 90_000 + count * 300 })
    const found = proxy.cuts > 0 ? [] : ['no connection was cut']
    return { ...tally, faults: proxy.cuts, problems: [...tally.problems, ...found] }
  })
}

export const f24: Scenario = {
  id: 'F24',
  title: 'store connection cut exactly at completion',
  run: async (context) => await onStores(context, (store) => cutAtCompletion(context, store)),
}
