import { setTimeout as pause } from 'node:timers/promises'
import type { RecordedCall } from '../../../src/sandbox/call.ts'
import { adminClient } from '../../support/admin-client.ts'
import { ADMIN_PASSWORD } from '../../support/sandbox-world.ts'
import type { SharedStore } from '../fault-store.ts'
import { meanwhile } from '../meanwhile.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { runAllAgain } from '../second-run.ts'
import { onStage, type Stage } from '../stage.ts'

const AT_ONCE = 50
/** Longer than any attempt is given, and less than what a container is given to stop. */
const STOP_WITHIN_MS = 72_000

const isWrite = ({ operation }: RecordedCall) => /^(create|create-note|patch-.*|add-.*)$/.test(operation)
const writesOf = ({ greenhouse, lever, vendor }: Stage['sandboxes']) =>
  [greenhouse, lever, vendor].flatMap(({ calls }) => calls.filter(isWrite)).length

const slowAnswers = ({ sandboxes: { greenhouse, lever, vendor } }: Stage) => {
  for (const sandbox of [greenhouse, lever, vendor])
    sandbox.fault({ kind: 'delay-reply', delayMs: [50, 300], probability: 1 })
}

async function ranTwice(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { sender, tellOf, verdict, sandboxes, cluster } = stage
    const count = context.scaled(500)
    await sender.sendAll(tellOf(count), AT_ONCE)
    const api = adminClient(await cluster.liveUrl(), ADMIN_PASSWORD)
    await api.quiet(60_000 + count * 300)
    const before = writesOf(sandboxes)
    const again = await runAllAgain(stage.store)
    const tally = await verdict(again, { ambiguousCreates: 0, quietWithinMs: 60_000 + count * 300 })
    const writes = writesOf(sandboxes) - before
    const found = [
      ...(again === count ? [] : [`${again} of ${count} ran again`]),
      ...(writes === 0 ? [] : [`${writes} calls that write in the second run`]),
    ]
    return { ...tally, problems: [...tally.problems, ...found] }
  })
}

export const f11: Scenario = {
  id: 'F11',
  title: 'every delivery run twice',
  run: async (context) => await onStores(context, (store) => ranTwice(context, store)),
}

/** Twice the time after which another process takes a frozen one's work over. */
const FROZEN_MS = 32_000

async function zombies(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { sender, tellOf, verdict, cluster, sandboxes } = stage
    slowAnswers(stage)
    const rounds = Math.max(1, context.scaled(6))
    const perRound = Math.ceil(context.scaled(200) / rounds)
    for (let round = 0; round < rounds; round += 1) {
      const sending = sender.sendAll(tellOf(perRound), AT_ONCE)
      const made = sandboxes.vendor.interviews().length
      // In the midst of the work: some read, some create, some write back.
      while (sandboxes.vendor.interviews().length < made + perRound / 4) await pause(5)
      const [left, right] = context.chance.shuffled(cluster.replicas)
      left?.freeze()
      await pause(context.chance.between(50, 300))
      right?.freeze()
      await pause(FROZEN_MS)
      left?.thaw()
      right?.thaw()
      await sending
    }
    return await verdict(rounds * 2, { quietWithinMs: 120_000 })
  })
}

export const f18: Scenario = {
  id: 'F18',
  title: 'workers frozen past their locks in the midst of work, then thawed',
  run: async (context) => await onStores(context, (store) => zombies(context, store)),
}

async function rolled(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { sender, tellOf, verdict, cluster, sandboxes } = stage
    slowAnswers(stage)
    const count = context.scaled(2_000)
    const rolls = Math.max(3, context.scaled(60))
    const found: string[] = []
    let next = 0
    const roll = async () => {
      await cluster.allListening()
      const { code, durationMs } = (await cluster.replicas[next % cluster.replicas.length]?.roll()) ?? {}
      next += 1
      if (code !== 0) found.push(`a process told to stop ended with ${code}`)
      if (durationMs !== undefined && durationMs > STOP_WITHIN_MS) found.push(`stopping took ${durationMs} ms`)
    }
    const sending = sender.sendSteadily(tellOf(count), Math.max(8, count / (rolls * 5)))
    const faults = await meanwhile(sending, () => 2_000, roll, rolls)
    const tally = await verdict(faults, { found, ambiguousCreates: 0, quietWithinMs: 60_000 + count * 200 })
    // Whoever looks does not know: the call before it was cut off.
    const looks = sandboxes.vendor.calls.filter(({ operation }) => operation === 'read-back').length
    const ambiguous = looks === 0 ? [] : [`${looks} times the outcome of a create was unknown`]
    return { ...tally, problems: [...tally.problems, ...ambiguous, ...(await stopsWithoutStore(stage))] }
  })
}

/** SIGTERM to all with work in flight and the store gone. */
async function stopsWithoutStore({ cluster, sender, tellOf, store }: Stage): Promise<string[]> {
  await cluster.allListening()
  await sender.sendAll(tellOf(20, 'greenhouse'), 20)
  await store.server.kill()
  const ends = await Promise.all(cluster.replicas.map((replica) => replica.roll()))
  return ends
    .filter(({ durationMs }) => durationMs > STOP_WITHIN_MS)
    .map(({ durationMs }) => `with the store gone, stopping took ${Math.round(durationMs)} ms`)
}

export const f26: Scenario = {
  id: 'F26',
  title: 'rolling restarts by SIGTERM',
  run: async (context) => await onStores(context, (store) => rolled(context, store)),
}
