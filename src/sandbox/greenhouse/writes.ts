/**
 * The writes of Harvest v3 that the bridge makes: a note, and custom fields of an application or candidate.
 * @see greenhouse.md section 2.5
 */
import { z } from 'zod'
import { type Answer, type Call, jsonObject, Refusal } from '../call.ts'
import type { GreenhouseAccount } from './account.ts'
import { unprocessable } from './filters.ts'
import type { CustomField } from './model.ts'
import { candidateRow, noteRow } from './records.ts'
import type { GreenhouseUser } from './tokens.ts'

const noteRequest = z.strictObject({
  candidate_id: z.int(),
  body: z.string().min(1),
  visibility: z.enum(['public', 'private', 'admin_only']),
  // Upper case only, though the vendor's own error text lists lower case.
  note_type: z.enum(['NOTE', 'ACTIVITY', 'EMAIL'], { error: 'must be one of: note, activity, email' }),
  application_id: z.int().optional(),
  user_id: z.int().optional(),
  subject: z.string().optional(),
})

function parse<T>(schema: z.ZodType<T>, call: Call): T {
  const parsed = schema.safeParse(jsonObject(call))
  if (parsed.success) return parsed.data
  throw unprocessable(...parsed.error.issues.map((issue) => ({ [issue.path.join('.') || 'body']: issue.message })))
}

/**
 * `POST /v3/notes`. A candidate that does not exist is accepted and the note left an orphan, as the vendor does.
 * @param author the token's user
 * @throws Refusal 422
 */
export function createNote(
  call: Call,
  account: GreenhouseAccount,
  author: GreenhouseUser,
  users: readonly GreenhouseUser[],
): Answer {
  const given = parse(noteRequest, call)
  const application = given.application_id === undefined ? undefined : account.applications.get(given.application_id)
  if (given.application_id !== undefined && application?.candidate.id !== given.candidate_id) {
    throw unprocessable({ application_id: 'does not belong to the candidate' })
  }
  if (given.user_id !== undefined && !users.some(({ id }) => id === given.user_id)) {
    throw unprocessable({ user_id: 'does not exist' })
  }
  const note = {
    id: account.nextId(),
    candidateId: given.candidate_id,
    applicationId: given.application_id ?? null,
    userId: given.user_id ?? author.id,
    body: given.body,
    subject: given.subject ?? null,
    visibility: given.visibility,
    type: given.note_type,
    createdAt: account.tick(),
  }
  account.notes.push(note)
  if (application !== undefined) account.touch(application)
  return { status: 201, body: noteRow(note) }
}

// The sandbox takes nothing but custom fields: the bridge has no business with the rest, and collections that are
// sent are replaced whole.
const patchRequest = z.strictObject({
  custom_fields: z
    .array(
      z
        .strictObject({
          name_key: z.string().optional(),
          custom_field_id: z.int().optional(),
          value: z.string().nullable(),
        })
        .refine(
          (field) => (field.name_key === undefined) !== (field.custom_field_id === undefined),
          'must have exactly one of name_key and custom_field_id',
        ),
    )
    .min(1),
})

const MAX_SHORT_TEXT = 254
const notFound = new Refusal(404, { message: 'Resource not found' })

/** `PATCH /v3/applications/{id}`: an empty 204. @throws Refusal 404, 422 */
export function patchApplication(call: Call, account: GreenhouseAccount): Answer {
  const application = account.applications.get(Number(call.params[0]))
  if (application === undefined) throw notFound
  writeFields(call, account, 'application', application.customFields)
  application.updatedAt = account.tick()
  return { status: 204 }
}

/** `PATCH /v3/candidates/{id}`: 200 with the record. @throws Refusal 404, 422 */
export function patchCandidate(call: Call, account: GreenhouseAccount): Answer {
  const candidate = account.candidates.get(Number(call.params[0]))
  if (candidate === undefined) throw notFound
  writeFields(call, account, 'candidate', candidate.customFields)
  candidate.updatedAt = account.tick()
  return { status: 200, body: candidateRow(account, candidate) }
}

function writeFields(
  call: Call,
  account: GreenhouseAccount,
  on: CustomField['on'],
  values: Map<string, unknown>,
): void {
  const { custom_fields: entries } = parse(patchRequest, call)
  const writes = entries.map((entry) => {
    const field = account.fields.find(
      (one) => one.on === on && (one.key === entry.name_key || one.id === entry.custom_field_id),
    )
    const name = entry.name_key ?? String(entry.custom_field_id)
    if (field === undefined) throw unprocessable({ custom_fields: `${name} is not a custom field of a ${on}` })
    if (field.type === 'short_text' && (entry.value?.length ?? 0) > MAX_SHORT_TEXT) {
      throw unprocessable({ [name]: 'is too long' })
    }
    if (field.type === 'single_select') throw unprocessable({ [name]: 'must be the id of an option' })
    return [field.key, entry.value] as const
  })
  for (const [key, value] of writes) values.set(key, value)
}
