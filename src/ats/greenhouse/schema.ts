import { z } from 'zod'
import type { Erasure } from '../../domain/erasure.ts'

/** Ids are numbers beyond 32 bits; texts from here on. */
export const idText = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String)

const text = z.string().nullish()

/** What every webhook has. */
export const webhookEnvelope = z.object({ action: z.string().min(1), payload: z.unknown().optional() })

/** The application's id, wherever a webhook carries one. */
export const anyApplication = z.object({
  application: z.object({ id: idText, candidate: z.object({ id: idText }).optional().catch(undefined) }),
})

/** Payload of `candidate_stage_change`. @see greenhouse.md section 1.8 */
export const stageChangePayload = z.object({
  application: z.object({
    id: idText,
    prospect: z.boolean().nullish(),
    applied_at: text,
    last_activity_at: text,
    current_stage: z.object({ id: idText, name: text }).nullish(),
    candidate: z.object({ id: idText }),
    jobs: z.array(z.object({ id: idText, name: text })).nullish(),
  }),
})

/** Payload of `candidate_anonymized`; whichever of the person's fields were erased, they wish to be forgotten. */
export const anonymizedPayload = z
  .object({ candidate_id: idText })
  .transform(({ candidate_id: candidateId }): Erasure => ({ erased: { candidateId } }))

/** Payload of `delete_candidate`. */
export const deletedPayload = z
  .object({ person: z.object({ id: idText }) })
  .transform(({ person }): Erasure => ({ erased: { candidateId: person.id } }))

/** Payload of `merge_candidate`: the one who is no more, and the one who lives on. */
export const mergedPayload = z
  .object({ person: z.object({ id: idText, new_candidate_id: idText }) })
  .transform(({ person }): Erasure => ({ erased: { candidateId: person.id }, mergedInto: person.new_candidate_id }))

/** Answer of `/token`: an instant of expiry, seconds of life, or neither. @see greenhouse.md section 2.2 */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_at: text.catch(undefined),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
})

/** A list's rows with their ids; each is read by itself, so that an odd one spoils no other. */
export const rows = z.array(z.looseObject({ id: idText }))

/** One that is not as documented counts as filled with whatever is there: empty ones alone are ours to fill. */
const customField = z.object({ value: z.unknown().optional() }).catch(({ value }) => ({ value: JSON.stringify(value) }))

/** Custom fields by their keys. An empty map was seen written as an empty list. */
const customFields = z.record(z.string(), customField).catch({})

/** The words differ: a webhook says `active` where the API says `in_process`. @see greenhouse.md section 2.4 */
const status = z.enum(['in_process', 'active', 'rejected', 'hired', 'converted']).nullish()

export const applicationRow = z.object({
  id: idText,
  candidate_id: idText,
  job_id: idText.nullish(),
  job_interview_stage_id: idText.nullish(),
  stage_name: text,
  status,
  custom_fields: customFields,
})

export const candidateRow = z.object({
  id: idText,
  first_name: text,
  last_name: text,
  preferred_name: text,
  can_email: z.boolean().nullish(),
  email_addresses: z.array(z.object({ value: text, type: text })).nullish(),
  custom_fields: customFields,
})

export const jobRow = z.object({ id: idText, name: z.string() })

/** Notes as listed: only what is needed to find the link in one. */
export const noteRows = z.array(z.object({ body: text, application_id: idText.nullish() }))

/** A file of an application. @see greenhouse.md sections 1.8 and 2.4 */
export const attachmentRow = z.object({
  application_id: idText,
  filename: z.string(),
  url: z.string(),
  created_at: text,
})

export type ApplicationRow = z.output<typeof applicationRow>
export type CandidateRow = z.output<typeof candidateRow>

/** A stage of a job's plan. */
export const interviewStageRow = z.object({ id: idText, name: z.string() })

/** An application's own row for a stage of its job. @see greenhouse.md section 2.4 */
export const applicationStageRow = z.object({
  application_id: idText,
  job_interview_stage_id: idText,
  entered_at: text,
})

/** What the sweep looks at of an application; a status of any word, since the load step judges again. */
export const standingRow = z.object({
  id: idText,
  candidate_id: idText,
  job_id: idText.nullish(),
  status: text,
  prospect: z.boolean().nullish(),
})
