import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../support/until.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import type { Sender } from '../sender.ts'
import { onStage, type Stage } from '../stage.ts'

/** What the contract allows a 503, and what the sender's own process adds. */
const LONGEST_503_MS = 2_000 + 300
/** From the store's return to the first 200: what the design aims at, and the sender's own pause. */
const FIRST_200_MS = 2_000 + 600
const AGAIN_WORKING_MS = 15_000
const PER_SECOND = 50
const LEAST_OUTAGE_MS = 4_000

/** The real outage lasts this long; a smaller run has a shorter one. */
const outageMs = (context: Context, full: number) => Math.max(LEAST_OUTAGE_MS, context.scaled(full))

function slow503s(sender: Sender, { slack }: Context): string[] {
  const longest = sender.longest(503)
  return longest > LONGEST_503_MS * slack ? [`a 503 took ${Math.round(longest)} ms`] : []
}

/** Anything but 200 and 503: an answer that never came, or a failure of another kind. */
function otherAnswers(sender: Sender): string[] {
  const others = sender.answers.filter(({ status }) => status !== 200 && status !== 503)
  const [first] = others
  return first ? [`${others.length} answers were neither 200 nor 503, the first ${first.status ?? 'none at all'}`] : []
}

function lateReturn(sender: Sender, returnedAt: number, { slack }: Context): string[] {
  const accepted = sender.answers.filter(({ status }) => status === 200).map(({ at, durationMs }) => at + durationMs)
  const after = accepted.filter((at) => at >= returnedAt).sort((left, right) => left - right)[0]
  const wait = (after ?? Number.POSITIVE_INFINITY) - returnedAt
  return wait > FIRST_200_MS * slack ? [`the first 200 came ${Math.round(wait)} ms after the store’s return`] : []
}

async function stopped(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async ({ sender, tellOf, verdict, store: { server } }) => {
    const sending = sender.sendSteadily(tellOf(context.scaled(3_000)), PER_SECOND)
    await pause(1_000)
    await server.kill()
    await pause(outageMs(context, 30_000))
    await server.restart()
    const returnedAt = Date.now()
    await sending
    const found = [...slow503s(sender, context), ...otherAnswers(sender), ...lateReturn(sender, returnedAt, context)]
    return await verdict(1, { found })
  })
}

export const f2: Scenario = {
  id: 'F2',
  title: 'store stopped during a steady 50/s',
  run: async (context) => await onStores(context, (store) => stopped(context, store)),
}

async function absentAtStart(context: Context, store: SharedStore) {
  const options = { store, waits: false, before: async ({ server }: Stage['store']) => await server.kill() }
  return await onStage(context, options, async (stage) => {
    const { sender, cluster, tellOf, verdict } = stage
    // Redis: the process lives and says 503. PostgreSQL: it ends, and the supervisor starts it again.
    const heals = store === 'redis'
    if (heals) await cluster.allListening()
    const sending = sender.sendAll(tellOf(context.scaled(200)), 20)
    await pause(outageMs(context, 20_000))
    if (!heals) await until(() => cluster.crashes.length > 0)
    await stage.store.server.restart()
    const returnedAt = Date.now()
    await sending
    await cluster.allListening()
    const found = heals
      ? [...slow503s(sender, context), ...otherAnswers(sender), ...lateReturn(sender, returnedAt, context)]
      : cluster.crashes.filter(({ code }) => code !== 1).map(({ code }) => `ended with ${code} instead of 1`)
    return await verdict(1, { crashes: !heals, found })
  })
}

export const f3: Scenario = {
  id: 'F3',
  title: 'store absent at the start',
  run: async (context) => await onStores(context, (store) => absentAtStart(context, store)),
}

const FREEZES = 3

async function frozen(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { sender, tellOf, verdict, sandboxes } = stage
    const { server } = stage.store
    const frozenMs = outageMs(context, 20_000)
    const betweenMs = 3_000
    const count = Math.max(context.scaled(1_000), 100)
    const tolds = tellOf(count)
    // Something to do all along, so that work going on again can be seen.
    const sending = sender.sendSteadily(tolds, (count * 1_000) / (FREEZES * (frozenMs + betweenMs)))
    const found: string[] = []
    for (let freeze = 0; freeze < FREEZES; freeze += 1) {
      await pause(betweenMs)
      server.freeze()
      await pause(frozenMs)
      server.thaw()
      const thawedAt = Date.now()
      const workWithinMs = AGAIN_WORKING_MS * context.slack
      const isAtWork = () => sandboxes.vendor.calls.some(({ at, committed }) => committed && at > thawedAt)
      while (!isAtWork() && Date.now() - thawedAt < workWithinMs) await pause(20)
      if (!isAtWork()) found.push(`no interview was made within ${workWithinMs} ms of the thaw`)
    }
    await sending
    return await verdict(FREEZES, { found: [...found, ...slow503s(sender, context), ...otherAnswers(sender)] })
  })
}

export const f4: Scenario = {
  id: 'F4',
  title: 'store frozen and thawed three times',
  run: async (context) => await onStores(context, (store) => frozen(context, store)),
}
