/**
 * Reading opportunities: one, or a filtered list.
 * @see lever.md sections 2 "expand / include", 3.1 and 3.3
 */
import type { Answer, Call } from '../call.ts'
import type { LeverAccount } from './account.ts'
import type { LeverUser, Opportunity } from './model.ts'
import { allowOnly, pageOf } from './paging.ts'
import { expansions, type LeverRow, lastAdvancedAt, opportunityRow } from './records.ts'
import { leverRefusal, notFound } from './refusals.ts'

const shapeParameters = ['expand', 'include']

/** Finds the opportunity of a path. @throws Refusal 404, or 403 where it is confidential and the key may not see it */
export function opportunityOf(call: Call, account: LeverAccount, seesConfidential: boolean): Opportunity {
  const id = call.params[0] ?? ''
  const opportunity = account.opportunities.get(id)
  if (opportunity === undefined) throw notFound('opportunities', id)
  if (opportunity.isConfidential && !seesConfidential) throw leverRefusal(403, 'No access to confidential data')
  return opportunity
}

/** `GET /opportunities/:id`. @throws Refusal 400, 403, 404 */
export function getOpportunity(call: Call, account: LeverAccount, seesConfidential: boolean): Answer {
  allowOnly(call, shapeParameters)
  const opportunity = opportunityOf(call, account, seesConfidential)
  return { status: 200, body: { data: shaped(call, opportunity, account) } }
}

type Test = (opportunity: Opportunity) => boolean

const range = (
  value: (opportunity: Opportunity) => number,
): Readonly<Record<'start' | 'end', (text: string) => Test>> => ({
  start: (text) => (opportunity) => value(opportunity) >= milliseconds(text),
  end: (text) => (opportunity) => value(opportunity) <= milliseconds(text),
})
const advanced = range(lastAdvancedAt)
const created = range(({ createdAt }) => createdAt)
const updated = range(({ updatedAt }) => updatedAt)

/** Filters; a repeated one means any of its values. */
const filters: Readonly<Record<string, (text: string) => Test>> = {
  stage_id:
    (text) =>
    ({ stage }) =>
      stage.id === text,
  posting_id:
    (text) =>
    ({ posting }) =>
      posting?.id === text,
  contact_id:
    (text) =>
    ({ contact }) =>
      contact.id === text,
  tag:
    (text) =>
    ({ tags }) =>
      tags.includes(text),
  email: (text) => {
    if (!text.includes('@')) throw leverRefusal(400, 'Invalid email')
    return ({ contact }) => contact.emails.includes(text)
  },
  archived:
    (text) =>
    ({ archived }) =>
      (archived !== null) === flag(text),
  advanced_at_start: advanced.start,
  advanced_at_end: advanced.end,
  created_at_start: created.start,
  created_at_end: created.end,
  updated_at_start: updated.start,
  updated_at_end: updated.end,
}

/** `GET /opportunities`, newest first. @throws Refusal 400 */
export function listOpportunities(call: Call, account: LeverAccount, seesConfidential: boolean): Answer {
  allowOnly(call, [...Object.keys(filters), ...shapeParameters, 'confidentiality', 'limit', 'offset'])
  const tests = Object.entries(filters).flatMap(([name, make]) => {
    const values = call.query.getAll(name).map(make)
    return values.length === 0 ? [] : [(one: Opportunity) => values.some((test) => test(one))]
  })
  const isShown = confidentiality(call, seesConfidential)
  const rows = [...account.opportunities.values()]
    .filter((one) => isShown(one) && tests.every((test) => test(one)))
    .toReversed()
    .map((one) => shaped(call, one, account))
  return pageOf(call, rows)
}

/** What a key without the grant gets for `all` is not documented: here, what is not confidential. */
function confidentiality(call: Call, seesConfidential: boolean): Test {
  const wanted = call.query.get('confidentiality') ?? 'non-confidential'
  if (!['non-confidential', 'confidential', 'all'].includes(wanted)) throw leverRefusal(400, 'Invalid confidentiality')
  return ({ isConfidential }) => {
    if (isConfidential) return seesConfidential && wanted !== 'non-confidential'
    return wanted !== 'confidential'
  }
}

/** Applies `expand` (ids become objects) and `include` (only the named fields, and the expanded ones). */
function shaped(call: Call, opportunity: Opportunity, account: LeverAccount): LeverRow {
  const row: Record<string, unknown> & { id: string } = { ...opportunityRow(opportunity, firstUser(account)) }
  const expanded = call.query.getAll('expand')
  for (const name of expanded) {
    const expand = Object.hasOwn(expansions, name) ? expansions[name] : undefined
    if (expand === undefined) throw leverRefusal(400, 'Invalid expand')
    row[name] = expand(opportunity, account)
  }
  const included = call.query.getAll('include')
  if (included.length === 0) return row
  const kept = [...included, ...expanded]
  return Object.fromEntries(Object.entries(row).filter(([name]) => kept.includes(name))) as LeverRow
}

function firstUser({ users }: LeverAccount): LeverUser {
  return users[0] ?? { id: '', name: '', email: '', createdAt: 0 }
}

function milliseconds(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw leverRefusal(400, 'Invalid timestamp')
  return Number(text)
}

function flag(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw leverRefusal(400, 'Invalid boolean')
  return text === 'true'
}
