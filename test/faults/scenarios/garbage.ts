import type { Fault, garbageKinds } from '../../../src/sandbox/faults.ts'
import { until } from '../../support/until.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Applicant } from '../recruiter.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

type Garbage = (typeof garbageKinds)[number]

/** One answer that nobody can use, to the next call of an operation. */
interface Case {
  readonly from: 'vendor' | 'greenhouse' | 'lever'
  readonly fault: Fault & { readonly operation: string }
}

function garbled(
  from: Case['from'],
  kind: 'garbage-request' | 'garbage-reply',
  what: Record<string, Garbage[]>,
): Case[] {
  return Object.entries(what).flatMap(([operation, list]) =>
    list.map((garbage) => ({ from, fault: { kind, operation, garbage } })),
  )
}

const unusable: Garbage[] = ['page', 'nothing', 'flood', 'cut', 'null', 'redirect', 'drip']
/** A body without end takes as long as a call may; the create call's minute is left to the full size's other cases. */
const unusableSoon = unusable.filter((garbage) => garbage !== 'drip')

const cases: readonly Case[] = [
  // Made, and its link not told.
  ...garbled('vendor', 'garbage-reply', { create: unusableSoon }),
  { from: 'vendor', fault: { kind: 'missing-link', operation: 'create' } },
  { from: 'vendor', fault: { kind: 'foreign-link', operation: 'create' } },
  ...garbled('greenhouse', 'garbage-request', {
    'list-applications': [...unusable, 'list'],
    'list-candidates': ['page', 'flood', 'drip', 'list'],
    // Not made, though the answer says that all is well. One without a body is believed: both ATSs may give none.
    'create-note': ['page', 'null', 'cut'],
  }),
  ...garbled('greenhouse', 'garbage-reply', {
    'create-note': unusable,
    'patch-application': ['page', 'flood', 'cut', 'redirect'],
  }),
  ...garbled('lever', 'garbage-request', {
    'get-opportunity': [...unusable, 'list'],
    'create-note': ['page', 'null'],
    'add-links': ['null', 'page'],
  }),
  ...garbled('lever', 'garbage-reply', { 'create-note': ['cut', 'drip'], 'add-tags': ['redirect', 'flood'] }),
]

const STRUCK_WITHIN_MS = 120_000

/** Moves somebody in and waits until their call is answered with garbage; what becomes of it shows at the end. */
async function strike({ from, fault }: Case, { sandboxes, recruiter, sender }: Stage): Promise<void> {
  const ats: Applicant['ats'] = from === 'lever' ? 'lever' : 'greenhouse'
  const struck = () => sandboxes[from].calls.filter((call) => call.fault === fault.kind).length
  const before = struck()
  sandboxes[from].fault(fault)
  await sender.send(recruiter.moveIn(recruiter.add(ats)))
  await until(() => struck() > before, STRUCK_WITHIN_MS)
}

async function answersGarbage(context: Context, store: SharedStore) {
  return await onStage(context, { store, replicas: 1 }, async (stage) => {
    const chosen = context.chance.shuffled(cases).slice(0, context.scaled(cases.length))
    for (const one of chosen) await strike(one, stage)
    const tally = await stage.verdict(chosen.length, { dead: ['vendor-answer-unusable'], quietWithinMs: 120_000 })
    const foreign = chosen.filter(({ fault }) => fault.kind === 'foreign-link').length
    const dead = tally.dead['vendor-answer-unusable'] ?? 0
    const found = dead <= foreign ? [] : [`${dead} dead for ${foreign} links of a foreign host`]
    return { ...tally, problems: [...tally.problems, ...found] }
  })
}

export const f21: Scenario = {
  id: 'F21',
  title: 'vendor and ATSs answer garbage',
  run: async (context) => await onStores(context, (store) => answersGarbage(context, store)),
}
