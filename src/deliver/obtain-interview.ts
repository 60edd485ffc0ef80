import { setTimeout as pause } from 'node:timers/promises'
import type { Application } from '../domain/application.ts'
import type { Route } from '../domain/connection.ts'
import type { Delivery } from '../domain/delivery.ts'
import { InterviewExistsError, isSurelyNotDone, LapsedError, PermanentError, RetryableError } from '../domain/errors.ts'
import type { Interview, InterviewSearch, InterviewVendor } from '../domain/interview.ts'
import type { DeadReason, LapsedReason } from '../domain/reasons.ts'
import type { InterviewEntry, Ledger, PersonAt, PersonKey, Subject, WriteIntent } from '../ledger/ledger.ts'
import { namesClash, nameWords, personKey } from '../ledger/person-key.ts'
import type { Lease } from '../store/store.ts'
import { assertHeld } from './assert-held.ts'
import { interviewRequest } from './interview-request.ts'
import { keepInterview } from './keep-interview.ts'

/** The vendor's longest documented life of a link. @see interviewflow.md section 1 */
const LINK_LIFE_MS = 10 * 86_400_000
/** Time for another process to store the link that it has just been given. */
const SETTLE_MS = 2_000

export interface InterviewTools {
  readonly vendor: InterviewVendor
  readonly ledger: Ledger
  readonly now: () => number
}

/** Whom the interview is for. */
export interface InterviewCase {
  readonly delivery: Delivery
  readonly route: Route
  readonly application: Application
  readonly whose: Subject
  /** The delivery's hold on its application. */
  readonly lease: Pick<Lease, 'isHeld' | 'alsoTake'>
  /** What is noted on the application in the step in which an interview is asked for, or one that exists is kept. */
  readonly begun: Omit<WriteIntent, 'at'>
  /** What is noted together with the link of an interview made for it. */
  readonly made: Omit<WriteIntent, 'at'>
  /** Set when the delivery is no longer wanted: an interview that exists is found, none is made. */
  readonly lapsed: LapsedReason | undefined
  /** Asked right before an interview is made, and only then. @throws RetryableError */
  readonly resumeUrl: () => Promise<string | undefined>
  /** Told who the person is when only a link given by hand helps on. */
  readonly awaitsLink: (person: PersonKey) => void
}

const linkHelps: ReadonlySet<DeadReason> = new Set(['interview-exists-link-unknown', 'link-expired'])

/** An interview and how we came by it. */
export interface Obtained {
  readonly interview: Interview
  readonly outcome: 'created' | 'reused' | 'read-back'
}

/**
 * Gives the person's one interview with the interviewer: from the ledger, from the vendor where an earlier attempt's
 * outcome is unknown, or newly made. The intent is stored before the create call and the link right after it, so that
 * whatever dies in between, the next attempt knows to look instead of repeating.
 * @throws RetryableError, PermanentError, LapsedError, StoreUnavailableError
 */
export async function obtainInterview(
  given: InterviewCase,
  tools: InterviewTools,
): Promise<Obtained & { person: PersonKey }> {
  const { application, route } = given
  const hashKey = await tools.ledger.hashKey()
  const person = personKey(hashKey, route.interviewer, application.email)
  const words = nameWords(hashKey, person, application.name)
  try {
    return await obtainFor(given, person, words, tools)
  } catch (error) {
    if (error instanceof PermanentError && linkHelps.has(error.reason)) given.awaitsLink(person)
    throw error
  }
}

async function obtainFor(
  given: InterviewCase,
  person: PersonKey,
  words: readonly string[],
  tools: InterviewTools,
): Promise<Obtained & { person: PersonKey }> {
  const { ledger, now } = tools
  const { interviewer } = given.route
  const [entry, isAlone] = await Promise.all([
    ledger.findKnown(given.whose, { person, interviewer }),
    // One at a time per person, not per application: two applications of one person share the vendor's one interview.
    given.lease.alsoTake(`person:${person}`),
  ])
  const isOwn = entry?.person === person
  const known = isOwn ? reuse(entry, words, now(), given.lapsed) : reuseAnothers(entry, now())
  if (entry && known) {
    // Kept once more, so that it is known to be this candidate's too.
    const interview = await keepFound(given, entry.person, known.interview, tools)
    return { ...known, interview, person: entry.person }
  }

  if (!isAlone) throw new RetryableError('application-busy', { isAttempt: false })
  return { ...(await obtainAlone(given, person, words, isOwn ? entry : undefined, tools)), person }
}

async function obtainAlone(
  given: InterviewCase,
  person: PersonKey,
  words: readonly string[],
  seen: InterviewEntry | undefined,
  tools: InterviewTools,
): Promise<Obtained> {
  const { ledger, vendor, now } = tools
  const of: PersonAt = { person, interviewer: given.route.interviewer }
  // Whoever was at it until now may have got further. Where nobody was, the intent finds out.
  const entry = seen || given.lapsed ? await ledger.findInterview(person) : undefined
  const known = reuse(entry, words, now(), given.lapsed)
  if (known) return { ...known, interview: await keepFound(given, person, known.interview, tools) }

  // An intent without a link: an earlier create call may have taken effect. Looked for, not repeated.
  if (entry?.intentAt !== undefined) {
    const found = await look(given, person, tools)
    if (found) return found
  }
  if (given.lapsed) throw new LapsedError(given.lapsed)
  const resumeUrl = await given.resumeUrl()
  assertHeld(given.lease)

  // If the store does not take the intent, nothing is created: it could not take the link either, or must not.
  const at = now()
  const intent = { nameWords: words, at, after: entry?.intentAt }
  if (!(await ledger.intendInterview(given.whose, of, intent, { ...given.begun, at })))
    throw new RetryableError('application-busy', { isAttempt: false })
  try {
    const interview = await vendor.create(interviewRequest(given, resumeUrl), () => assertHeld(given.lease))
    const made = { ...given.made, at: now() }
    return { interview: await keepInterview(ledger, given.whose, of, interview, made), outcome: 'created' }
  } catch (error) {
    if (error instanceof InterviewExistsError) return await settleExisting(given, person, tools)
    // While it is ours: a successor's intent is not ours to take back.
    if (isSurelyNotDone(error) && entry?.intentAt === undefined && given.lease.isHeld())
      await ledger.withdrawInterview(person)
    throw error
  }
}

/** Keeps an interview that exists as this application's, too. */
async function keepFound(
  { whose, route, begun }: InterviewCase,
  person: PersonKey,
  interview: Interview,
  { ledger, now }: InterviewTools,
): Promise<Interview> {
  return await ledger.keepInterview(whose, { person, interviewer: route.interviewer }, interview, {
    ...begun,
    at: now(),
  })
}

function reuse(
  entry: InterviewEntry | undefined,
  words: readonly string[],
  now: number,
  lapsed: LapsedReason | undefined,
): Obtained | undefined {
  // Nobody is to mend the interview of somebody who is not to be interviewed any more.
  const unusable = (reason: DeadReason) => (lapsed ? new LapsedError(lapsed) : new PermanentError(reason))
  if (entry === undefined) return undefined
  if (namesClash(entry.nameWords, words)) throw unusable('name-mismatch')
  if (entry.interview === undefined) return undefined
  if (isExpired(entry.interview, now)) throw unusable('link-expired')
  return { interview: entry.interview, outcome: 'reused' }
}

/** Under another address there may be another name, too; and one that is of no use any more is none. */
function reuseAnothers(entry: InterviewEntry | undefined, now: number): Obtained | undefined {
  const interview = entry?.interview
  return interview && !isExpired(interview, now) ? { interview, outcome: 'reused' } : undefined
}

/** Whether the interview's link has surely stopped working. @param now epoch milliseconds */
export const isExpired = ({ createdAt }: Interview, now: number) => now - createdAt > LINK_LIFE_MS

async function look(given: InterviewCase, person: PersonKey, tools: InterviewTools): Promise<Obtained | undefined> {
  const found = await tools.vendor.find(await searchFor(given, tools.ledger)).catch((error: unknown) => {
    // An account without the read-back call: nothing can be found, and that is no reason to stop.
    if (error instanceof PermanentError && error.reason === 'vendor-refused') return undefined
    throw error
  })
  if (!found) return undefined
  const of = { person, interviewer: given.route.interviewer }
  const begun = { ...given.begun, at: tools.now() }
  return { interview: await keepInterview(tools.ledger, given.whose, of, found, begun), outcome: 'read-back' }
}

/** The vendor has an interview whose link we do not hold: it is looked for twice, and never created again. */
async function settleExisting(given: InterviewCase, person: PersonKey, tools: InterviewTools): Promise<Obtained> {
  const first = await look(given, person, tools)
  if (first) return first
  await pause(SETTLE_MS)
  const stored = (await tools.ledger.findInterview(person))?.interview
  if (stored) return { interview: stored, outcome: 'reused' }
  const second = await look(given, person, tools)
  if (second) return second
  throw new PermanentError('interview-exists-link-unknown')
}

async function searchFor({ route, application }: InterviewCase, ledger: Ledger): Promise<InterviewSearch> {
  const pattern = await ledger.findLinkPattern()
  return {
    interviewer: route.interviewer,
    email: application.email,
    ...(route.applicationIdField !== undefined && { field: { name: route.applicationIdField, value: application.id } }),
    ...(pattern !== undefined && { linkPattern: pattern }),
  }
}
