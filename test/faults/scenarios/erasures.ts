import { setTimeout as pause } from 'node:timers/promises'
import type { RecordedCall } from '../../../src/sandbox/call.ts'
import { until } from '../../support/until.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Applicant, Told } from '../recruiter.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'
import { standingOf } from '../standing-links.ts'

type How = 'remove' | 'anonymise' | 'merge'

/** One erasure: of whom, how, and how far their delivery is then. */
interface Fate {
  readonly ats: Applicant['ats']
  readonly how: How
  /** `before`: the webhook is still on its way; `after`: the link is there; else the call that has just come. */
  readonly step: string
}

const steps: Readonly<Record<Applicant['ats'], readonly string[]>> = {
  greenhouse: ['before', 'list-applications', 'list-candidates', 'create', 'create-note', 'patch-application', 'after'],
  lever: ['before', 'get-opportunity', 'create', 'create-note', 'add-links', 'add-tags', 'after'],
}
const ways: Readonly<Record<Applicant['ats'], readonly How[]>> = {
  greenhouse: ['remove', 'anonymise', 'merge'],
  lever: ['remove'],
}
const fates: readonly Fate[] = (['greenhouse', 'lever'] as const).flatMap((ats) =>
  ways[ats].flatMap((how) => steps[ats].map((step) => ({ ats, how, step }))),
)

/** How many are erased at the same time: each is watched closely. */
const AT_ONCE = 15
/** From the erasure in the ATS to its webhook. */
const TOLD_AFTER_MS = [0, 3_000] as const
const STEP_WITHIN_MS = 60_000

/** Whether a call is about somebody. */
function concerns({ path, requestBody }: RecordedCall, { applicationId, candidateId, email }: Applicant): boolean {
  const sent = (requestBody ?? {}) as { email?: unknown; application_id?: unknown }
  const ids = new URL(path, 'http://sandbox').searchParams.get('ids')?.split(',') ?? []
  const isNamed = path.includes(`/${applicationId}`) || ids.includes(applicationId) || ids.includes(candidateId)
  return isNamed || sent.email === email || String(sent.application_id) === applicationId
}

const callsOf = ({ sandboxes: { greenhouse, lever, vendor } }: Stage) =>
  [greenhouse, lever, vendor].flatMap(({ calls }) => calls)

const isWrite = ({ operation }: RecordedCall) => /^(create|create-note|patch-.*|add-.*)$/.test(operation)

async function reaches(step: string, applicant: Applicant, stage: Stage): Promise<void> {
  const isThere = () =>
    step === 'after'
      ? standingOf(applicant, stage.sandboxes).isComplete
      : callsOf(stage).some((call) => call.operation === step && concerns(call, applicant))
  await until(isThere, STEP_WITHIN_MS)
}

/** An erasure that was acknowledged. */
interface Acknowledged {
  readonly applicant: Applicant
  /** Epoch milliseconds. */
  readonly at: number
}

/** Lives through one fate. @returns the acknowledged erasure; undefined: it was a merge */
async function meets({ ats, how, step }: Fate, { chance }: Context, stage: Stage): Promise<Acknowledged | undefined> {
  const { recruiter, sender } = stage
  const applicant = recruiter.add(ats)
  const told = recruiter.moveIn(applicant)
  const strikes = (): Told =>
    how === 'merge' ? recruiter.merge(applicant, recruiter.add('greenhouse')) : recruiter.erase(applicant, how)
  let struck: Told
  if (step === 'before') {
    struck = strikes()
    await sender.send(told)
  } else {
    await sender.send(told)
    await reaches(step, applicant, stage)
    struck = strikes()
  }
  await pause(chance.between(...TOLD_AFTER_MS))
  const answer = (await sender.send(struck)).answers.at(-1)
  // The first webhook once more, as after an answer that was lost.
  await sender.post(told)
  return how === 'merge' || answer === undefined ? undefined : { applicant, at: answer.at + answer.durationMs }
}

/** I4: once an erasure is acknowledged, nobody calls to write anything for that person. */
function lateWrites(erased: readonly Acknowledged[], stage: Stage): string[] {
  const writes = callsOf(stage).filter(isWrite)
  return erased.flatMap(({ applicant, at }) =>
    writes
      .filter((call) => call.at > at && concerns(call, applicant))
      .map(
        (call) =>
          `I4 ${applicant.ats} ${applicant.applicationId}: ${call.operation} ${Math.ceil(call.at - at)} ms too late`,
      ),
  )
}

/** Whoever has become one with another has one interview, made before or after. */
function interviewedTwice({ recruiter, sandboxes }: Stage): string[] {
  const merged = recruiter.applicants.filter(({ otherEmails, moves }) => otherEmails.length > 0 && moves.length > 0)
  return merged.flatMap(({ applicationId, email, otherEmails }) => {
    const theirs = sandboxes.vendor.interviews().filter((one) => [email, ...otherEmails].includes(one.email))
    return theirs.length > 1 ? [`I2 greenhouse ${applicationId}: ${theirs.length} interviews after a merge`] : []
  })
}

async function erasedAtEveryStep(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { verdict, sandboxes } = stage
    for (const sandbox of [sandboxes.greenhouse, sandboxes.lever, sandboxes.vendor])
      sandbox.fault({ kind: 'delay-reply', delayMs: [50, 300], probability: 1 })
    const count = context.scaled(300)
    const left = context.chance.shuffled(Array.from({ length: count }, (_, index) => index))
    const erased: Acknowledged[] = []
    const lanes = Array.from({ length: AT_ONCE }, async () => {
      for (let index = left.shift(); index !== undefined; index = left.shift()) {
        const fate = fates[index % fates.length]
        const acknowledged = fate && (await meets(fate, context, stage))
        if (acknowledged) erased.push(acknowledged)
      }
    })
    await Promise.all(lanes)
    const tally = await verdict(count, { quietWithinMs: 60_000 + count * 300 })
    return { ...tally, problems: [...tally.problems, ...lateWrites(erased, stage), ...interviewedTwice(stage)] }
  })
}

export const f13: Scenario = {
  id: 'F13',
  title: 'deleted, anonymised or merged at every step',
  run: async (context) => await onStores(context, (store) => erasedAtEveryStep(context, store)),
}
