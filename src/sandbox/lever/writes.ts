/**
 * What the bridge writes on an opportunity: notes, links, tags.
 * Adding a link or tag that is there already changes nothing here; Lever does not say what it does.
 * @see lever.md section 4
 */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Answer, type Call, jsonObject } from '../call.ts'
import type { LeverAccount } from './account.ts'
import type { LeverNote, Opportunity } from './model.ts'
import { allowOnly, pageOf } from './paging.ts'
import { noteRow, opportunityRow } from './records.ts'
import { leverRefusal } from './refusals.ts'

const noteRequest = z.strictObject({
  value: z.string().refine((value) => value.trim() !== ''),
  secret: z.boolean().default(false),
  score: z.int().min(1).max(4).optional(),
  notifyFollowers: z.boolean().optional(),
  createdAt: z.int().optional(),
})
const texts = z.array(z.string().refine((text) => text.trim() !== '')).min(1)
const linksRequest = z.strictObject({ links: texts })
const tagsRequest = z.strictObject({ tags: texts })

function parse<T>(schema: z.ZodType<T>, call: Call): T {
  const parsed = schema.safeParse(jsonObject(call))
  if (!parsed.success) throw leverRefusal(400, 'Invalid parameters')
  return parsed.data
}

/** The acting user, null where none is named. @throws Refusal 400 no such user */
function actor(call: Call, account: LeverAccount): string | null {
  allowOnly(call, ['perform_as'])
  const id = call.query.get('perform_as')
  if (id !== null && !account.users.some((user) => user.id === id)) throw leverRefusal(400, 'Invalid perform_as')
  return id
}

/** `POST /opportunities/:id/notes`: 201 with the whole note, and its id once more as `noteId`. @throws Refusal 400 */
export function createNote(call: Call, account: LeverAccount, opportunity: Opportunity): Answer {
  const user = actor(call, account)
  const { value, secret, score, createdAt } = parse(noteRequest, call)
  const now = account.tick()
  if (createdAt !== undefined && createdAt > now) throw leverRefusal(400, 'Invalid createdAt')
  const note: LeverNote = {
    id: randomUUID(),
    opportunityId: opportunity.id,
    stageId: opportunity.stage.id,
    value,
    secret,
    score: score ?? null,
    user,
    createdAt: createdAt ?? now,
  }
  account.notes.push(note)
  opportunity.updatedAt = now
  return { status: 201, body: { data: { ...noteRow(note), noteId: note.id } } }
}

/** `GET /opportunities/:id/notes`, newest first. @param isVisible false while a new note is still missing */
export function listNotes(
  call: Call,
  account: LeverAccount,
  opportunity: Opportunity,
  isVisible: (note: LeverNote) => boolean,
): Answer {
  allowOnly(call, ['limit', 'offset'])
  const notes = account.notes.filter((note) => note.opportunityId === opportunity.id && isVisible(note))
  return pageOf(call, notes.toReversed().map(noteRow))
}

/** `POST /opportunities/:id/addLinks`: kept on the contact, so that all of the person's opportunities show them. */
export function addLinks(call: Call, account: LeverAccount, opportunity: Opportunity): Answer {
  actor(call, account)
  return addTexts(account, opportunity, opportunity.contact.links, parse(linksRequest, call).links)
}

/** `POST /opportunities/:id/addTags`: kept on the opportunity. */
export function addTags(call: Call, account: LeverAccount, opportunity: Opportunity): Answer {
  actor(call, account)
  return addTexts(account, opportunity, opportunity.tags, parse(tagsRequest, call).tags)
}

function addTexts(account: LeverAccount, opportunity: Opportunity, held: string[], given: readonly string[]): Answer {
  held.push(...given.filter((text, index) => !held.includes(text) && given.indexOf(text) === index))
  opportunity.updatedAt = account.tick()
  const [user] = account.users
  return { status: 200, body: { data: user === undefined ? {} : opportunityRow(opportunity, user) } }
}
