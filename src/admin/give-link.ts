import { isExpired } from '../deliver/obtain-interview.ts'
import { LapsedError } from '../domain/errors.ts'
import type { Interview } from '../domain/interview.ts'
import type { DeliveryReason } from '../domain/reasons.ts'
import { ERASED_ID, type JournalEntry } from '../journal/journal.ts'
import type { PersonKey } from '../ledger/ledger.ts'
import { subjectOf } from '../ledger/person-key.ts'
import { AdminError } from './admin-error.ts'
import type { AdminTools } from './admin-tools.ts'
import { noDelivery, personErased, replayOne } from './replay.ts'

type Tools = Pick<AdminTools, 'journal' | 'ledger' | 'isTrustedLink' | 'addRound' | 'now'>

/** Reasons of the dead that a link given by hand settles. */
export const settledByLink: ReadonlySet<DeliveryReason | undefined> = new Set([
  'interview-exists-link-unknown',
  'link-expired',
])

/** Whether a link given by hand is what the delivery waits for. */
export function awaitsLink({ state, reason, applicationId }: JournalEntry): boolean {
  return state === 'dead' && settledByLink.has(reason) && applicationId !== ERASED_ID
}

/**
 * Keeps a link that a person found in InterviewFlowAI, as if the vendor had told us, and tries the delivery again.
 * @throws AdminError the delivery does not wait for a link, or this cannot be it
 */
export async function giveLink(id: string, text: string, tools: Tools): Promise<void> {
  const { journal, ledger } = tools
  const entry = await journal.find(id)
  if (!entry) throw noDelivery()
  if (entry.applicationId === ERASED_ID) throw personErased()
  if (!awaitsLink(entry)) throw notAwaited(entry)
  const { person } = entry
  if (person === undefined)
    throw new AdminError(
      409,
      'try-again-first',
      'This ended under an earlier version. Try it again, then give the link.',
    )

  const link = trusted(text, tools)
  const owner = await ledger.findByLink(link)
  if (owner !== undefined && owner !== person)
    throw new AdminError(
      409,
      'link-of-another',
      'This link belongs to another person’s interview. Nothing was changed.',
    )
  const interview = { interviewId: await interviewIdOf(link, tools), link, createdAt: tools.now() }
  if (entry.reason === 'link-expired') await replaceExpired(person, interview, tools)
  else await keepFirst(entry, person, interview, tools)
  await replayOne(id, tools)
}

function notAwaited({ state, reason }: JournalEntry): AdminError {
  const now = reason === undefined ? state : `${state} (${reason})`
  return new AdminError(
    409,
    'link-not-awaited',
    `A link can be given only to a delivery whose link is unknown or expired; this one is ${now}.`,
  )
}

function trusted(text: string, { isTrustedLink }: Tools): string {
  if (!URL.canParse(text))
    throw new AdminError(400, 'link-invalid', 'This is no complete link. It begins with https:// and names a host.')
  const { href, host, protocol } = new URL(text)
  if (isTrustedLink(href)) return href
  const isOther = isTrustedLink(href.replace(/^http:/, 'https:'))
  throw new AdminError(
    400,
    'link-untrusted',
    isOther && protocol === 'http:'
      ? 'The link must begin with https://.'
      : `${host || protocol} is not a host of InterviewFlowAI. If it is right, add it to INTERVIEWFLOW_LINK_HOSTS.`,
  )
}

async function keepFirst(entry: JournalEntry, person: PersonKey, interview: Interview, tools: Tools): Promise<void> {
  const { ledger } = tools
  const whose = subjectOf(await ledger.hashKey(), entry)
  const standing = await ledger
    .keepInterview(whose, { person, interviewer: entry.interviewer }, interview)
    .catch((error: unknown) => {
      throw error instanceof LapsedError ? personErased() : error
    })
  if (standing.link !== interview.link) throw knownAlready()
}

/**
 * The new interview counts from now: what was written before holds the expired link, and on none of the person's
 * applications counts as written any more.
 */
async function replaceExpired(person: PersonKey, interview: Interview, { ledger, now }: Tools): Promise<void> {
  const kept = (await ledger.findInterview(person))?.interview
  if (!kept) throw personErased()
  const isKept = kept.link === interview.link
  if (isKept && isExpired(kept, now()))
    throw new AdminError(
      409,
      'link-expired',
      'This is the link that has expired. Make a new interview, and give its link.',
    )
  if (isKept) return
  const standing = await ledger.replaceInterview(person, kept, interview)
  if (standing?.link !== interview.link) throw knownAlready()
}

const knownAlready = () =>
  new AdminError(409, 'link-known', 'Another link of this person has been kept meanwhile. Try the delivery again.')

/** The interview's id as the vendor's other links show it, else the last part of the address. */
async function interviewIdOf(link: string, { ledger }: Tools): Promise<string> {
  const [before = '', after = ''] = ((await ledger.findLinkPattern()) ?? '').split('{id}')
  const fits = before !== '' && link.startsWith(before) && link.endsWith(after)
  const id = fits ? link.slice(before.length, link.length - after.length) : new URL(link).pathname.split('/').at(-1)
  try {
    return decodeURIComponent(id ?? '')
  } catch {
    return id ?? ''
  }
}
