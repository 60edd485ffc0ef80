import { named, plural } from '../admin/words.ts'
import { deadReasons, type Reason, retryingReasons, troubleReasons } from '../domain/reasons.ts'
import type { Alert } from './decide.ts'
import { type AlertReason, endsOfRefusal, isRefusal, partsOf, type Trouble } from './trouble.ts'

/** What the words need to know of the bridge. */
export interface WordTools {
  /** ATS ids by connection name. */
  readonly atsOf: ReadonlyMap<string, string>
  /** Address of the dashboard, without a slash at the end; undefined: there is none to be reached. */
  readonly adminUrl: string | undefined
}

/** What keeps a text from becoming markup: a name like `<!channel>` would call everybody. @see docs.slack.dev, "Escaping text" */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** A message as Slack and its kin take it: a title, what happened, what to do, and where to look. */
export function alertText({ key, trouble, isLastOfHour }: Alert, tools: WordTools): string {
  const lines = trouble ? troubleLines(trouble, tools) : [overLine(key)]
  const limit = 'This is the last message for now: no more than 20 are sent in an hour. See the dashboard for the rest.'
  return [...lines, ...(isLastOfHour ? [limit] : [])].join('\n')
}

/** What `bridge doctor --test-alert` sends. */
export const testText = ':white_check_mark: *Test*\nInterview Link Bridge can send its alerts here.'

function overLine(key: string): string {
  const { reason, connection } = partsOf(key)
  return `:large_green_circle: *Resolved: ${escapeText(subjectOf({ reason, connection }))}*`
}

function troubleLines(trouble: Trouble, { atsOf, adminUrl }: WordTools): string[] {
  const { happened, toDo } = explainTrouble(trouble)
  const ats = atsOf.get(trouble.connection)
  const say = (sentence: string) => escapeText(named(sentence, ats))
  const see = adminUrl === undefined ? [] : [`<${adminUrl}${pathOf(trouble)}|See the dashboard>`]
  const when = timesOf(trouble)
  return [
    `:red_circle: *${escapeText(titleOf(trouble))}*`,
    `${say(happened)}${when === '' ? '' : ` ${when}`}`,
    `Do: ${say(toDo)}`,
    ...see,
  ]
}

/** What happened and what to do. */
export function explainTrouble({ reason, dead }: Pick<Trouble, 'reason' | 'dead'>): Reason {
  // Once deliveries have died of it, the hour for which it is tried is over.
  if (dead > 0 && isRefusal(reason)) return deadReasons[endsOfRefusal[reason]]
  return { ...retryingReasons, ...deadReasons, ...troubleReasons }[reason]
}

/** The first words of titles; whatever is not here is about deliveries that need a person. */
const subjects: Readonly<Partial<Record<AlertReason, string>>> = {
  'ats-refusing-key': 'credentials refused',
  'vendor-refusing-key': 'InterviewFlowAI refuses the key',
  silent: 'no webhooks any more',
  'sweep-gap': 'webhooks get lost',
  'sweep-late': 'no sweep',
  stuck: 'deliveries are stuck',
  'vendor-limiting': 'InterviewFlowAI allows no more calls',
  'ats-limiting': 'the limit of calls is always used up',
  'store-unavailable': 'the store does not answer',
}

function subjectOf({ reason, connection }: Pick<Trouble, 'reason' | 'connection'>): string {
  return [subjects[reason] ?? `needs you (${reason})`, ...(connection === '' ? [] : [connection])].join(', ')
}

function titleOf(trouble: Trouble): string {
  const { count, dead, connection, reason } = trouble
  const where = connection === '' ? '' : `, ${connection}`
  if (dead > 0) return `Needs you: ${plural(dead, 'delivery', 'deliveries')}${where}`
  const subject = subjectOf(trouble)
  const many = reason === 'sweep-gap' ? `: ${plural(count, 'person', 'people')}` : ''
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)}${many}`
}

const time = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

function timesOf({ first, last }: Trouble): string {
  if (first !== undefined && last !== undefined && time(first) !== time(last))
    return `First ${time(first)}, last ${time(last)}.`
  if (first !== undefined) return `Since ${time(first)}.`
  return last === undefined ? '' : `Last one ${time(last)}.`
}

function pathOf({ reason, connection, dead }: Trouble): string {
  const only = connection === '' ? {} : { connection }
  const list = (query: Readonly<Record<string, string>>) =>
    `/admin/deliveries?${new URLSearchParams({ ...query, ...only })}`
  if (reason in troubleReasons) return '/admin'
  if (dead === 0) return list({ state: 'retrying', reason })
  return list({ state: 'dead', reason: isRefusal(reason) ? endsOfRefusal[reason] : reason })
}
