import { sandboxInterviewer } from '../../../src/sandbox/interviewflow.ts'
import { person } from '../../../src/sandbox/people.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'
import { addTallies, type Tally } from '../tally.ts'

const LINK_UNKNOWN = 'interview-exists-link-unknown'
const AT_ONCE = 50

/** A dropped answer to a second call, which was refused, leaves nothing unknown. */
const droppedCreates = ({ sandboxes: { vendor } }: Pick<Stage, 'sandboxes'>) =>
  vendor.calls.filter(
    ({ operation, fault, committed }) => operation === 'create' && fault === 'drop-reply' && committed,
  ).length

/** Two rounds: with the vendor's read-back nobody is dead, without it everybody whose answer was dropped is. */
async function droppedReplies(context: Context, store: SharedStore, readBack: 'list' | 'off'): Promise<Tally> {
  return await onStage(context, { store, sandboxes: { vendor: { readBack } } }, async (stage) => {
    const { sender, tellOf, verdict, sandboxes } = stage
    const count = context.scaled(1_000)
    sandboxes.vendor.fault({ kind: 'drop-reply', operation: 'create', probability: 0.2 })
    await sender.sendAll(tellOf(count), AT_ONCE)
    const expected = readBack === 'off' ? { dead: [LINK_UNKNOWN] } : {}
    const tally = await verdict(0, { ...expected, quietWithinMs: 60_000 + count * 200 })
    const faults = droppedCreates(stage)
    const dead = tally.dead[LINK_UNKNOWN] ?? 0
    const found = readBack === 'off' && dead !== faults ? [`${dead} dead for ${faults} dropped answers`] : []
    return { ...tally, faults, problems: [...tally.problems, ...found] }
  })
}

export const f16: Scenario = {
  id: 'F16',
  title: 'vendor commits and drops the answer, read-back on and off',
  run: async (context) =>
    await onStores(context, async (store) => {
      const modes = ['list', 'off'] as const
      return addTallies(await Promise.all(modes.map((readBack) => droppedReplies(context, store, readBack))))
    }),
}

const PAGE = 100
const PAGES_BEFORE = 29

/** How long the read-back call is left without an answer. */
const SILENT_MS = 120_000

/** Read-back in trouble. Every case is its own stage, since the vendor behaves in one way at a time. */
const readBacks: Readonly<Record<string, (context: Context) => Promise<Tally>>> = {
  'shows nothing': async (context) =>
    await onStage(context, { store: 'redis', sandboxes: { vendor: { readBack: 'empty' } } }, async (stage) => {
      const tolds = stage.tellOf(context.scaled(100))
      stage.sandboxes.vendor.fault({ kind: 'drop-reply', operation: 'create', times: tolds.length })
      await stage.sender.sendAll(tolds, AT_ONCE)
      const tally = await stage.verdict(tolds.length, { dead: [LINK_UNKNOWN] })
      const dead = tally.dead[LINK_UNKNOWN] ?? 0
      const dropped = droppedCreates(stage)
      const found = dead === dropped ? [] : [`${dead} dead for ${dropped} dropped answers`]
      return { ...tally, problems: [...tally.problems, ...found] }
    }),

  'has them on page 30': async (context) =>
    await onStage(context, { store: 'redis' }, async (stage) => {
      const tolds = stage.tellOf(context.scaled(100))
      const { vendor } = stage.sandboxes
      const interviewer = sandboxInterviewer
      for (let index = 0; index < tolds.length; index += 1) {
        const { firstName, lastName, email } = person(index)
        vendor.addInterview({ interviewer, name: `${firstName} ${lastName}`, email })
      }
      for (let index = 0; index < PAGES_BEFORE * PAGE; index += 1)
        vendor.addInterview({ interviewer, name: 'Later Comer', email: `later.${index}@example.com` })
      await stage.sender.sendAll(tolds, AT_ONCE)
      return await stage.verdict(tolds.length)
    }),

  'does not answer': async (context) =>
    await onStage(context, { store: 'redis' }, async (stage) => {
      const tolds = stage.tellOf(context.scaled(100))
      const { vendor } = stage.sandboxes
      vendor.fault({ kind: 'drop-reply', operation: 'create', times: tolds.length })
      vendor.fault({ kind: 'hang-request', operation: 'read-back', forMs: context.scaled(SILENT_MS) })
      await stage.sender.sendAll(tolds, AT_ONCE)
      // Afterwards the breaker lets one call try in a minute, and each delivery has its own back-off.
      return await stage.verdict(tolds.length + 1, { quietWithinMs: 300_000 })
    }),

  'has somebody with nearly the same address': async (context) =>
    await onStage(context, { store: 'redis' }, async (stage) => {
      const tolds = stage.tellOf(context.scaled(100))
      const { vendor } = stage.sandboxes
      for (const { applicant } of tolds) {
        const [box = '', host = ''] = applicant.email.split('@')
        for (const email of [`${box}+1@${host}`, `x${applicant.email}`, `${applicant.email}.example`])
          vendor.addInterview({ interviewer: sandboxInterviewer, name: 'Nearly Same', email })
      }
      vendor.fault({ kind: 'drop-request', operation: 'create', times: tolds.length })
      await stage.sender.sendAll(tolds, AT_ONCE)
      return await stage.verdict(tolds.length)
    }),
}

export const f17: Scenario = {
  id: 'F17',
  title: 'read-back empty, far back, silent, or with somebody alike',
  run: async (context) => {
    const tallies = Object.entries(readBacks).map(async ([what, play]) => {
      const tally = await play(context)
      return { ...tally, problems: tally.problems.map((problem) => `read-back ${what}: ${problem}`) }
    })
    return addTallies(await Promise.all(tallies))
  },
}

async function droppedNotes(context: Context, store: SharedStore): Promise<Tally> {
  return await onStage(context, { store }, async ({ sender, tellOf, verdict, sandboxes }) => {
    const { greenhouse, lever } = sandboxes
    const count = context.scaled(500)
    for (const ats of [greenhouse, lever]) {
      ats.configure({ noteLagMs: 5_000 })
      // A call that was held up on its way takes effect long after it was meant to.
      ats.fault({ kind: 'delay-request', operation: 'create-note', probability: 0.3, delayMs: 7_000 })
      ats.fault({ kind: 'drop-reply', operation: 'create-note', probability: 0.5 })
    }
    await sender.sendAll(tellOf(count), AT_ONCE)
    const tally = await verdict(0, { quietWithinMs: 90_000 + count * 200 })
    const dropped = [...greenhouse.calls, ...lever.calls].filter(({ fault }) => fault === 'drop-reply')
    return { ...tally, faults: dropped.length }
  })
}

export const f23: Scenario = {
  id: 'F23',
  title: 'ATS commits the note and drops the answer, lists lag 5 s',
  run: async (context) => await onStores(context, (store) => droppedNotes(context, store)),
}
