import { deadReasons, lapsedReasons } from '../../src/domain/reasons.ts'
import { SANDBOX_STAGE, type Sandboxes } from '../../src/sandbox/settings.ts'
import { type AdminClient, adminClient, type ShownDelivery } from '../support/admin-client.ts'
import { ADMIN_PASSWORD } from '../support/sandbox-world.ts'
import { type Applicant, isRemoved } from './recruiter.ts'
import type { Sender, Sending } from './sender.ts'
import { standingOf } from './standing-links.ts'
import { countBy, type Tally } from './tally.ts'

/** What a scenario knows beforehand about how it may end. */
export interface Expectation {
  /** Reasons for which deliveries may be dead here; default none. */
  readonly dead?: readonly string[]
  /** Whether whoever is in the stage at the end must have the link, though no webhook told of them; default false. */
  readonly everybody?: boolean
  /** Whether the store may have forgotten deliveries that it had taken; default false. */
  readonly forgetful?: boolean
  /** How long after the last fault everything must have ended. */
  readonly quietWithinMs?: number
  /** Faults that can leave a create's outcome unknown; refused creates may be no more. Not checked when absent. */
  readonly ambiguousCreates?: number
}

export interface Evidence {
  readonly sandboxes: Sandboxes
  readonly applicants: readonly Applicant[]
  readonly sender: Sender
  /** Address of a replica that listens. */
  readonly url: string
  /** How many faults were injected. */
  readonly faults: number
}

const QUIET_WITHIN_MS = 90_000

/**
 * Decides whether the promises were kept, from the sandboxes' records and the admin API alone: nothing lost (I1),
 * nothing doubled (I2), no link on another person (I3), everything ended (I5).
 * @see reliability.md section 5
 */
export async function check(evidence: Evidence, expected: Expectation = {}): Promise<Tally> {
  const { sandboxes, sender, url } = evidence
  const api = adminClient(url, ADMIN_PASSWORD)
  const problems: string[] = []
  await api
    .quiet(expected.quietWithinMs ?? QUIET_WITHIN_MS)
    .catch(async () => problems.push(`I5 not quiet: ${JSON.stringify(await api.counts())}`))
  const deliveries = await allDeliveries(api)

  const lost = findLost(evidence, deliveries, expected)
  const doubled = [...doubledCreates(sandboxes), ...doubledNotes(evidence)]
  problems.push(...lost, ...doubled, ...strangersLinks(evidence))
  const unexpected = [sandboxes.greenhouse, sandboxes.lever, sandboxes.vendor].flatMap((one) => one.unexpected())
  problems.push(...unexpected.map(({ method, path }) => `a call that nobody knows: ${method} ${path}`))
  const refusedCreates = sandboxes.vendor.calls.filter(isRefusedCreate).length
  if (expected.ambiguousCreates !== undefined && refusedCreates > expected.ambiguousCreates)
    problems.push(`I2 ${refusedCreates} creates were refused as existing, for ${expected.ambiguousCreates} faults`)

  const ended = (state: string) => [...deliveries.values()].filter((delivery) => delivery.state === state)
  const accepted = sender.sendings.filter((sending) => sending.accepted)
  return {
    events: accepted.length,
    faults: evidence.faults,
    delivered: ended('delivered').length,
    lapsed: countBy(ended('lapsed').map(({ reason }) => String(reason))),
    dead: countBy(ended('dead').map(({ reason }) => String(reason))),
    lost: lost.length,
    doubled: doubled.length,
    slowestMs: slowest(accepted, deliveries),
    longest503Ms: sender.longest(503),
    refusedCreates,
    problems,
  }
}

/** Every delivery the admin API knows, by id. */
export async function allDeliveries(api: AdminClient): Promise<Map<string, ShownDelivery>> {
  const found = new Map<string, ShownDelivery>()
  for (let cursor = ''; ; ) {
    const { body } = await api.get(`/api/deliveries?limit=200&cursor=${encodeURIComponent(cursor)}`)
    const page = body as { items: readonly ShownDelivery[]; nextCursor: string | null }
    for (const delivery of page.items) found.set(delivery.id, delivery)
    if (page.nextCursor === null) return found
    cursor = page.nextCursor
  }
}

/** I1: what was accepted is delivered, lapsed for a cause that was there, or dead with a known reason. */
function findLost(
  { sender, sandboxes, applicants }: Evidence,
  deliveries: ReadonlyMap<string, ShownDelivery>,
  { dead = [], everybody = false, forgetful = false }: Expectation,
): string[] {
  const mayBeDead = new Set(dead)
  const problems: string[] = []
  for (const sending of sender.sendings) {
    const { told, accepted } = sending
    const who = `${told.applicant.ats} ${told.applicant.applicationId}`
    if (!accepted) problems.push(`${who}: never accepted: ${describe(sending)}`)
    else if (told.isWanted) {
      const ids = deliveryIdsOf(sending)
      if (ids.length === 0) problems.push(`I1 ${who}: answered 200 without a delivery: ${describe(sending)}`)
      for (const id of ids) {
        if (forgetful && !deliveries.has(id)) continue
        const problem = judge(deliveries.get(id), sending, sandboxes, mayBeDead)
        if (problem !== undefined) problems.push(`I1 ${who} ${id}: ${problem}`)
      }
    }
  }
  return [...problems, ...stillWaiting(applicants, sender, deliveries, sandboxes, everybody)]
}

function judge(
  delivery: ShownDelivery | undefined,
  { told }: Sending,
  sandboxes: Sandboxes,
  mayBeDead: ReadonlySet<string>,
): string | undefined {
  const { applicant } = told
  if (delivery === undefined) return 'accepted and unknown to the admin API'
  const reason = String(delivery.reason)
  switch (delivery.state) {
    case 'delivered':
      return isRemoved(applicant) || standingOf(applicant, sandboxes).isComplete
        ? undefined
        : `delivered (${reason}), but a target is missing`
    case 'dead':
      if (!Object.hasOwn(deadReasons, reason)) return `dead for no known reason: ${reason}`
      return mayBeDead.has(reason) ? undefined : `dead: ${reason}; ${timelineOf(delivery)}`
    case 'lapsed':
      if (!Object.hasOwn(lapsedReasons, reason)) return `lapsed for no known reason: ${reason}`
      return wasElsewhere(applicant, told.movedAt, Date.parse(delivery.updatedAt))
        ? undefined
        : `lapsed (${reason}), but nothing had changed`
    default:
      return `left ${delivery.state} (${reason})`
  }
}

/** Whether the application was outside the routed stage at some time between two times, as far as the recruiter knows. */
function wasElsewhere({ moves }: Applicant, from: number, to: number): boolean {
  return moves.some(({ at, stage }) => stage !== SANDBOX_STAGE && at >= from && at <= to)
}

/** Whoever is in the stage at the end, and of whom that was accepted unless all count, has the link or a dead delivery. */
function stillWaiting(
  applicants: readonly Applicant[],
  sender: Sender,
  deliveries: ReadonlyMap<string, ShownDelivery>,
  sandboxes: Sandboxes,
  everybody: boolean,
): string[] {
  const byApplication = Map.groupBy(deliveries.values(), ({ applicationId }) => applicationId)
  const lastAccepted = new Set(sender.sendings.filter((one) => one.accepted).map(({ told }) => told))
  return applicants.flatMap((applicant) => {
    const last = applicant.moves.at(-1)
    if (last?.stage !== SANDBOX_STAGE) return []
    const isTold = [...lastAccepted].some((told) => told.applicant === applicant && told.movedAt === last.at)
    if (!(isTold || everybody) || standingOf(applicant, sandboxes).isComplete) return []
    const isDead = byApplication.get(applicant.applicationId)?.some(({ state }) => state === 'dead') ?? false
    return isDead ? [] : [`I1 ${applicant.ats} ${applicant.applicationId}: in the stage at the end, without a link`]
  })
}

const isRefusedCreate = (call: { operation: string; status?: number }) =>
  call.operation === 'create' && call.status === 409

/** I2: at most one successful create per interviewer and e-mail address. */
function doubledCreates({ vendor }: Sandboxes): string[] {
  const created = vendor.calls
    .filter(({ operation, committed }) => operation === 'create' && committed)
    .map(({ requestBody }) => {
      const { jobId, email } = requestBody as { jobId: string; email: string }
      return `${jobId} ${email}`
    })
  return Object.entries(countBy(created))
    .filter(([, count]) => count > 1)
    .map(([, count]) => `I2 ${count} interviews were created for one person and interviewer`)
}

/** I2: at most one note with a link per application. */
function doubledNotes({ applicants, sandboxes }: Evidence): string[] {
  return applicants.flatMap((applicant) => {
    const { noteLinks } = standingOf(applicant, sandboxes)
    return noteLinks.length > 1 ? [`I2 ${applicant.ats} ${applicant.applicationId}: ${noteLinks.length} notes`] : []
  })
}

/** I3: whatever link stands on an application is its own person's. */
function strangersLinks({ applicants, sandboxes }: Evidence): string[] {
  const emailOf = new Map(sandboxes.vendor.interviews().map(({ interviewLink, email }) => [interviewLink, email]))
  return applicants.flatMap((applicant) => {
    const { noteLinks, otherLinks } = standingOf(applicant, sandboxes)
    return [...noteLinks, ...otherLinks]
      .filter((link) => ![applicant.email, ...applicant.otherEmails].includes(emailOf.get(link) ?? ''))
      .map(() => `I3 ${applicant.ats} ${applicant.applicationId}: a link that is not this person's`)
  })
}

const deliveryIdsOf = ({ answers }: Sending): readonly string[] => answers.at(-1)?.body?.deliveries ?? []

function slowest(accepted: readonly Sending[], deliveries: ReadonlyMap<string, ShownDelivery>): number {
  const times = accepted.flatMap((sending) =>
    deliveryIdsOf(sending).flatMap((id) => {
      const delivery = deliveries.get(id)
      return delivery === undefined ? [] : [Date.parse(delivery.updatedAt) - Date.parse(delivery.receivedAt)]
    }),
  )
  return times.reduce((most, time) => Math.max(most, time), 0)
}

function describe({ answers }: Sending): string {
  const words = answers.map(({ status, body }) =>
    `${status ?? 'no answer'} ${body?.reason ?? body?.status ?? ''}`.trim(),
  )
  return Object.entries(countBy(words))
    .map(([word, count]) => `${count} × ${word}`)
    .join(', ')
}

function timelineOf({ timeline }: ShownDelivery): string {
  return (timeline ?? []).map(({ step, outcome, reason }) => [step, outcome, reason].join(' ').trim()).join(' → ')
}
