import { SANDBOX_STAGE } from '../../../src/sandbox/settings.ts'
import { type SignedWebhook, signedGreenhouseWebhook, signedLeverWebhook } from '../../../src/sandbox/sign.ts'
import { untilTaken } from '../../support/until-taken.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Applicant } from '../recruiter.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

type Forgery = (applicant: Applicant, stage: Stage) => SignedWebhook

/** Says of somebody who has not moved that they entered the stage. */
const forgeries: Readonly<Record<Applicant['ats'], readonly Forgery[]>> = {
  greenhouse: [
    (applicant, stage) => signedGreenhouseWebhook(greenhouseLie(applicant, stage), 'a-guess'),
    // The signature of one body on another.
    (applicant, stage) => {
      const { greenhouse } = stage.sandboxes
      const genuine = signedGreenhouseWebhook(greenhouse.ping('https://bridge.example.com'), greenhouse.webhookSecret)
      return { ...genuine, body: JSON.stringify(greenhouseLie(applicant, stage)) }
    },
  ],
  lever: [
    (applicant, stage) => signedLeverWebhook('candidateStageChange', leverLie(applicant, stage), 'a-guess'),
    // Lever's signature covers nothing of the data: whoever has seen one webhook can say anything under it.
    (applicant, stage) =>
      signedLeverWebhook('candidateStageChange', leverLie(applicant, stage), stage.sandboxes.lever.signingToken),
  ],
}

function greenhouseLie({ applicationId }: Applicant, { sandboxes: { greenhouse } }: Stage): unknown {
  const truth = greenhouse.payloadOf(Number(applicationId), 'candidate_stage_change')
  const text = JSON.stringify(truth)
  return JSON.parse(text.replaceAll('"Application Review"', `"${SANDBOX_STAGE}"`)) as unknown
}

function leverLie({ applicationId, candidateId }: Applicant, { sandboxes: { lever } }: Stage) {
  const stages = { toStageId: lever.stageId(SANDBOX_STAGE), fromStageId: lever.stageId('New applicant') }
  return { opportunityId: applicationId, candidateId, contactId: candidateId, ...stages }
}

async function forged(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { recruiter, sender, verdict, sandboxes, tellOf, cluster } = stage
    const count = context.scaled(1_000)
    const statuses: Record<string, number> = {}
    const lie = async (index: number) => {
      const ats = index % 2 === 0 ? 'greenhouse' : 'lever'
      const webhook = context.chance.pick(forgeries[ats])(recruiter.add(ats), stage)
      const { headers, body } = webhook
      const url = `${context.chance.pick(cluster.urls)}/webhooks/${ats}`
      const { status } = await untilTaken(async () => ({
        status: (await fetch(url, { method: 'POST', headers, body })).status,
      }))
      statuses[status] = (statuses[status] ?? 0) + 1
    }
    const genuine = tellOf(Math.ceil(count / 10))
    const sending = sender.sendAll(genuine, 5)
    for (let index = 0; index < count; index += 1) await lie(index)
    await sending
    context.say(`${store}: forgeries were answered ${JSON.stringify(statuses)}`)
    const tally = await verdict(count, { quietWithinMs: 60_000 + count * 200 })
    const { length } = sandboxes.vendor.interviews()
    const unknown = Object.keys(statuses).filter((status) => !['200', '401', '429'].includes(status))
    const found = [
      ...(length === genuine.length ? [] : [`${length} interviews for ${genuine.length} people in the stage`]),
      ...unknown.map((status) => `a forgery was answered ${status}`),
    ]
    return { ...tally, problems: [...tally.problems, ...found] }
  })
}

export const f30: Scenario = {
  id: 'F30',
  title: 'forged webhooks among genuine ones',
  run: async (context) => await onStores(context, (store) => forged(context, store)),
}
