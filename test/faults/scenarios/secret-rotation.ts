import type { SandboxWorld } from '../../support/sandbox-world.ts'
import { sandboxDocument } from '../../support/sandbox-world.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Recruiter } from '../recruiter.ts'
import type { Context, Scenario } from '../scenario.ts'
import { onStage, type Stage } from '../stage.ts'

const AT_ONCE = 20
/** Sent while the replicas are restarted one after the other. */
const PER_SECOND = 20

type Secrets = Recruiter['secrets']

/** The configuration with these secrets listed. */
function listing(sandboxes: SandboxWorld, ...secrets: readonly Secrets[]): Readonly<Record<string, string>> {
  const namesOf = (ats: keyof Secrets) => secrets.map((one) => JSON.stringify(one[ats])).join(', ')
  const document = sandboxDocument(sandboxes)
    .replace(/webhookSecrets: .*/, `webhookSecrets: [${namesOf('greenhouse')}]`)
    .replace(/signingTokens: .*/, `signingTokens: [${namesOf('lever')}]`)
  return { BRIDGE_CONFIG_YAML: document }
}

/** What each replica says to webhooks of people nobody knows of yet, signed with what the recruiter signs with now. */
async function refusals({ tellOf, cluster }: Stage, count: number): Promise<string[]> {
  const statuses = await Promise.all(
    tellOf(count).map(async ({ applicant, webhook }, index) => {
      const url = `${cluster.urls[index % cluster.urls.length]}/webhooks/${applicant.ats}`
      return (await fetch(url, { method: 'POST', ...webhook })).status
    }),
  )
  // 429: the refused of one address are counted.
  const others = statuses.filter((status) => status !== 401 && status !== 429)
  return others.length === 0 ? [] : [`${others.length} signed with a removed secret were answered ${others[0]}`]
}

async function rotated(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async (stage) => {
    const { sandboxes, recruiter, sender, tellOf, cluster, verdict } = stage
    const old = recruiter.secrets
    const fresh = { greenhouse: 'webhook-secret-after-the-rotation', lever: 'fedcba9876543210'.repeat(3) }
    const quarter = context.scaled(250)
    const sendOf = async (secrets: Secrets) => {
      recruiter.secrets = secrets
      await sender.sendSteadily(tellOf(quarter), PER_SECOND)
    }

    await Promise.all([sendOf(old), cluster.rollAll(listing(sandboxes, old, fresh))])
    recruiter.secrets = fresh
    const newlySigned = tellOf(quarter)
    recruiter.secrets = old
    await sender.sendAll(context.chance.shuffled([...tellOf(quarter), ...newlySigned]), AT_ONCE)
    await Promise.all([sendOf(fresh), cluster.rollAll(listing(sandboxes, fresh))])

    recruiter.secrets = old
    const late = await refusals(stage, quarter)
    // Where strangers were refused a moment ago, the genuine are still let in.
    await sendOf(fresh)
    const refused = sender.answers.filter(({ status }) => status === 401 || status === 429)
    const found = [...late, ...(refused.length === 0 ? [] : [`${refused.length} genuine webhooks were refused`])]
    const rolls = cluster.replicas.length * 2
    const tally = await verdict(rolls, { found, ambiguousCreates: 0, quietWithinMs: 60_000 + quarter * 400 })
    const { length } = sandboxes.vendor.interviews()
    const expected = sender.sendings.length
    if (length === expected) return tally
    return { ...tally, problems: [...tally.problems, `${length} interviews for ${expected} people`] }
  })
}

export const f9: Scenario = {
  id: 'F9',
  title: 'webhook secrets rotated, the old ones removed later',
  run: async (context) => await onStores(context, (store) => rotated(context, store)),
}
