import { setTimeout as pause } from 'node:timers/promises'
import { adminClient, type ShownDelivery } from '../../support/admin-client.ts'
import { ADMIN_PASSWORD } from '../../support/sandbox-world.ts'
import { until } from '../../support/until.ts'
import { allDeliveries } from '../checker.ts'
import type { SharedStore } from '../fault-store.ts'
import { meanwhile } from '../meanwhile.ts'
import { onStores } from '../on-stores.ts'
import type { Applicant } from '../recruiter.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

const AT_ONCE = 50

const finalStates = ['delivered', 'lapsed', 'dead']

/** The deliveries of one ATS that have not ended. */
async function waitingAt(ats: Applicant['ats'], { cluster }: Stage): Promise<ShownDelivery[]> {
  const deliveries = await allDeliveries(adminClient(await cluster.liveUrl(), ADMIN_PASSWORD))
  return [...deliveries.values()].filter((one) => one.ats === ats && !finalStates.includes(one.state))
}

/** Waits until all of one ATS have ended, or gives up. @returns how many have not */
async function isThrough(ats: Applicant['ats'], stage: Stage, withinMs: number): Promise<number> {
  const giveUpAt = performance.now() + withinMs
  for (;;) {
    const { length } = await waitingAt(ats, stage)
    if (length === 0 || performance.now() > giveUpAt) return length
    await pause(200)
  }
}

const LEVER_LIMIT = { perSecond: 10, burst: 20 }
const LONGEST_RETRY_AFTER_S = 30
/** Of a limit that is spent: long enough that a small run on a slow machine does not ask too often. */
const LEAST_SPENT_S = 15
const MOST_REFUSED = 0.05
/** Each time that the limit turns out to be spent: the calls on their way cannot know, however few there are in all. */
const ON_THEIR_WAY = 6
/** A call that the service itself never makes. */
const POACHED = 'list-webhooks'

/** Somebody else uses up the limit, which is the account's; whoever calls next is told to wait. */
async function poach({ sandboxes: { lever } }: Stage, retryAfterS: number): Promise<void> {
  lever.configure({ rateLimit: { ...LEVER_LIMIT, retryAfterS } })
  const authorization = `Basic ${Buffer.from(`${lever.apiKey}:`).toString('base64')}`
  const calls = Array.from({ length: LEVER_LIMIT.burst * 2 }, () =>
    fetch(`${lever.url}/v1/webhooks`, { headers: { authorization } }),
  )
  for (const response of await Promise.all(calls)) await response.arrayBuffer()
}

async function limited(context: Context, store: SharedStore) {
  const { chance, scaled } = context
  const longestS = Math.max(5, Math.min(LONGEST_RETRY_AFTER_S, scaled(LONGEST_RETRY_AFTER_S)))
  const lever = { settings: { rateLimit: LEVER_LIMIT } }
  return await onStage(context, { store, sandboxes: { lever } }, async (stage) => {
    const { sender, tellOf, verdict, sandboxes } = stage
    // More than all replicas have places for, at the full size: if those that wait kept theirs, the others had none.
    const [atLever, atGreenhouse] = [scaled(200), scaled(800)]
    const found: string[] = []
    await sender.sendAll(tellOf(atLever, 'lever'), AT_ONCE)
    await until(() => sandboxes.lever.calls.length > LEVER_LIMIT.burst)
    // Nothing is left of the limit until the other connection is through, however long that takes.
    const retryAfterS = Math.max(LEAST_SPENT_S, longestS)
    const spentAt = performance.now()
    sandboxes.lever.configure({ rateLimit: { perSecond: 0, burst: 1, retryAfterS } })
    await sender.sendAll(tellOf(atGreenhouse, 'greenhouse'), AT_ONCE)
    const held = await isThrough('greenhouse', stage, 60_000 * context.slack + atGreenhouse * 300)
    if (held > 0) found.push(`${held} deliveries of the other connection wait with the limited one’s`)
    if ((await waitingAt('lever', stage)).length === 0) found.push('the limited connection did not wait')

    const asked = Math.ceil((performance.now() - spentAt) / 1_000 / retryAfterS)
    sandboxes.lever.configure({ rateLimit: LEVER_LIMIT })
    const poached = await meanwhile(
      isThrough('lever', stage, 60_000 * context.slack + atLever * 3_000),
      () => chance.between(2, 4) * longestS * 1_000,
      async () => await poach(stage, Math.ceil(chance.between(0, longestS))),
      1,
    )
    const calls = sandboxes.lever.calls.filter(({ operation }) => operation !== POACHED)
    const refused = calls.filter(({ status }) => status === 429).length
    context.say(`${store}: ${refused} of ${calls.length} calls refused, poached ${poached} times`)
    const allowed = Math.max(calls.length * MOST_REFUSED, ON_THEIR_WAY * (asked + poached))
    if (refused > allowed) found.push(`${refused} of ${calls.length} calls were refused`)
    found.push(...(await usedUpAttempts(stage)))
    return await verdict(refused, { found, ambiguousCreates: 0 })
  })
}

async function usedUpAttempts({ cluster }: Stage): Promise<string[]> {
  const deliveries = await allDeliveries(adminClient(await cluster.liveUrl(), ADMIN_PASSWORD))
  return [...deliveries.values()]
    .filter(({ attempts }) => attempts !== 1)
    .map(({ id, attempts }) => `${id} took ${attempts} attempts`)
}

export const f14: Scenario = {
  id: 'F14',
  title: 'an ATS that allows ten calls a second, and others who use them too',
  run: async (context) => await onStores(context, (store) => limited(context, store)),
}

const LEAST_REFUSAL_MS = 8_000
/** Instead of ten minutes: the waits double, so longer ones add nothing but time. Dead is who waits for an hour. */
const REFUSAL_MS = 100_000

async function refused(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { sandboxes, sender, tellOf, verdict } = stage
    const refusalMs = Math.max(LEAST_REFUSAL_MS, context.scaled(REFUSAL_MS))
    const each = Math.ceil(context.scaled(200) / 2)
    // The access tokens too: a new one is asked for, and refused.
    sandboxes.greenhouse.fault({ kind: 'unauthorized', probability: 1 })
    const refusedUntil = performance.now() + refusalMs
    const tolds = [...tellOf(each, 'greenhouse'), ...tellOf(each, 'lever')]
    await sender.sendAll(context.chance.shuffled(tolds), AT_ONCE)
    // However long the other connection takes: the key is not good again before it is through.
    const held = await isThrough('lever', stage, 60_000 * context.slack + each * 1_000)
    const { length: waiting } = await waitingAt('greenhouse', stage)
    const found = [
      ...(held === 0 ? [] : [`${held} deliveries of the other connection wait with the refused one’s`]),
      ...(waiting === each ? [] : [`${waiting} of ${each} wait for the key`]),
    ]
    await pause(Math.max(0, refusedUntil - performance.now()))
    const faults = sandboxes.greenhouse.calls.filter(({ fault }) => fault === 'unauthorized').length
    sandboxes.greenhouse.clearFaults()
    return await verdict(faults, { found, ambiguousCreates: 0, quietWithinMs: 60_000 + refusalMs * 2 + each * 500 })
  })
}

export const f15: Scenario = {
  id: 'F15',
  title: 'ATS credentials refused for a while, then good again',
  run: async (context) => await onStores(context, (store) => refused(context, store)),
}
