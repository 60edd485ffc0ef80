import { readFileSync } from 'node:fs'
import type { Cluster } from '../cluster.ts'
import type { SharedStore } from '../fault-store.ts'
import { onStores } from '../on-stores.ts'
import type { Context, Scenario } from '../scenario.ts'
import type { Sending } from '../sender.ts'
import { onStage } from '../stage.ts'

const TIMES = 10

function unequal({ told, answers }: Sending): string[] {
  const who = `${told.applicant.ats} ${told.applicant.applicationId}`
  const ids = new Set(answers.flatMap(({ body }) => body?.deliveries ?? []))
  const firsts = answers.filter(({ body }) => body?.status === 'queued').length
  // What is not taken in time may have been queued all the same, and the copy that is sent again is a duplicate then.
  const missed = answers.filter(({ status }) => status === undefined || status === 503)
  const refused = answers.filter((answer) => answer.status !== 200 && !missed.includes(answer))
  return [
    ...(ids.size === 1 ? [] : [`${who}: ${ids.size} deliveries of one webhook`]),
    ...(firsts === 1 || (firsts === 0 && missed.length > 0)
      ? []
      : [`${who}: ${firsts} of the answers say queued instead of duplicate`]),
    ...refused.map(({ status }) => `${who}: answered ${status}`),
  ]
}

async function sentAtOnce(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async ({ sender, tellOf, verdict }) => {
    const tolds = tellOf(context.scaled(500))
    for (let from = 0; from < tolds.length; from += TIMES)
      await Promise.all(tolds.slice(from, from + TIMES).map((told) => sender.sendOften(told, TIMES)))
    return await verdict(tolds.length * (TIMES - 1), { ambiguousCreates: 0, found: sender.sendings.flatMap(unequal) })
  })
}

export const f7: Scenario = {
  id: 'F7',
  title: 'each webhook sent ten times at once to three replicas',
  run: async (context) => await onStores(context, (store) => sentAtOnce(context, store)),
}

const P99_MS = 2_000
const MOST_RESIDENT_BYTES = 600 * 1024 * 1024
/** As many connections as a balancer in front would open. */
const CONNECTIONS = 1_000

/** The highest memory that any replica has had. */
function mostResident({ replicas }: Cluster): number {
  const peaks = replicas.map(({ pid }) => {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes) * 1024
  })
  return Math.max(...peaks)
}

async function burst(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async ({ sender, tellOf, verdict, cluster }) => {
    const count = context.scaled(10_000)
    // Lever's limit would make the rest of the scenario take an hour.
    await sender.sendAll(tellOf(count, 'greenhouse'), CONNECTIONS)
    const allowed = context.slack > 1 ? [200, 503] : [200]
    const refused = sender.answers.filter(({ status = 0 }) => !allowed.includes(status))
    const p99 = Math.round(sender.quantile(200, 0.99))
    const found = [
      ...(refused.length === 0
        ? []
        : [`${refused.length} answers were not ${allowed.join(' or ')}, the first ${refused[0]?.status}`]),
      ...(p99 <= P99_MS * context.slack ? [] : [`99 % of the answers took up to ${p99} ms`]),
    ]
    const tally = await verdict(0, { found, ambiguousCreates: 0, quietWithinMs: 60_000 + count * 100 })
    const resident = mostResident(cluster)
    context.say(`${store}: p99 ${p99} ms, most memory ${Math.round(resident / 1024 / 1024)} MiB`)
    if (resident <= MOST_RESIDENT_BYTES) return tally
    return { ...tally, problems: [...tally.problems, `a process took ${resident} bytes of memory`] }
  })
}

export const f8: Scenario = {
  id: 'F8',
  title: 'a burst in one go',
  run: async (context) => await onStores(context, (store) => burst(context, store)),
}

async function oftenApplied(context: Context, store: SharedStore) {
  return await onStage(context, { store }, async ({ sender, recruiter, verdict, sandboxes }) => {
    const people = Array.from({ length: context.scaled(200) }, () =>
      recruiter.addOften(['greenhouse', 'greenhouse', 'lever']),
    )
    for (const applicants of people)
      await Promise.all(applicants.map((applicant) => sender.send(recruiter.moveIn(applicant))))
    const tally = await verdict(0, { ambiguousCreates: 0, quietWithinMs: 60_000 + people.length * 1_000 })
    const { length } = sandboxes.vendor.interviews()
    if (length === people.length) return tally
    return { ...tally, problems: [...tally.problems, `${length} interviews for ${people.length} people`] }
  })
}

export const f19: Scenario = {
  id: 'F19',
  title: 'one person, three applications in the same second',
  run: async (context) => await onStores(context, (store) => oftenApplied(context, store)),
}
