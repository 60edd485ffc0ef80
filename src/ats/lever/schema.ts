import { z } from 'zod'

/** Ids are UUIDs, or slugs for built-in stages; they become parts of paths, so nothing else may be in them. */
const idText = z.string().regex(/^[\w-]{1,100}$/)

const text = z.string().nullish()

/** What the signature covers, and the signature. */
export const signedFields = z.object({
  token: z.string().min(1),
  triggeredAt: z.number(),
  signature: z.string().optional(),
})

/** What every webhook has beside its signature. */
export const webhookEnvelope = z.object({
  event: z.string().min(1),
  triggeredAt: z.number(),
  data: z.record(z.string(), z.unknown()),
})

/** The opportunity's id, wherever a webhook carries one. */
export const anyOpportunity = z.object({ opportunityId: idText, contactId: idText.optional().catch(undefined) })

/** `data` of `candidateStageChange`: ids only. @see lever.md section 1.5 */
export const stageChangeData = z.object({
  opportunityId: idText,
  contactId: idText.nullish(),
  toStageId: idText,
})

/** A reference: an id, or the object itself where `expand` asked for it. */
const stage = z.union([z.object({ id: z.string(), text }), z.string().transform((id) => ({ id, text: undefined }))])

const permission = z.object({ allowed: z.boolean().nullish() }).nullish().catch(undefined)
const dataProtection = z.object({ contact: permission, interviewIntelligence: permission }).nullish().catch(undefined)

const contact = z.union([
  z.object({
    id: z.string().min(1),
    name: text,
    emails: z.array(z.string()).nullish(),
    isAnonymized: z.boolean().nullish(),
    dataProtection,
  }),
  z
    .string()
    .min(1)
    .transform((id) => ({
      id,
      name: undefined,
      emails: undefined,
      isAnonymized: undefined,
      dataProtection: undefined,
    })),
])

const application = z.union([
  z.object({ posting: z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish() }),
  z.string().transform(() => ({ posting: undefined })),
])

/** `GET /opportunities/:id` with applications, stage and contact expanded. @see lever.md section 3.1 */
export const opportunityAnswer = z.object({
  data: z.object({
    id: z.string().min(1),
    name: text,
    contact: contact.nullish(),
    emails: z.array(z.string()).nullish(),
    stage: stage.nullish(),
    // An object or null today; older answers have the time beside it.
    archived: z.unknown().optional(),
    archivedAt: z.number().nullish(),
    applications: z.array(application).nullish(),
    isAnonymized: z.boolean().nullish(),
    dataProtection,
    links: z.array(z.string()).nullish(),
    tags: z.array(z.string()).nullish(),
  }),
})

export type Opportunity = z.output<typeof opportunityAnswer>['data']

export const postingAnswer = z.object({ data: z.object({ text }) })

const page = { hasNext: z.boolean().nullish(), next: text }

export const usersPage = z.object({ data: z.array(z.object({ id: z.string().min(1), email: text })), ...page })
export const stagesPage = z.object({ data: z.array(z.object({ id: z.string(), text: z.string() })), ...page })
export const notesPage = z.object({
  data: z.array(z.object({ fields: z.array(z.object({ value: z.unknown().optional() })).nullish() })),
  ...page,
})

/** Resumes as listed, each read by itself so that an odd one spoils no other. */
export const resumesPage = z.object({ data: z.array(z.unknown()), ...page })

/** Some fields were seen as numbers and as texts, the ending with a dot and without. @see lever.md section 3.2 */
export const resumeRow = z.object({
  id: idText,
  createdAt: z.coerce.number().catch(0),
  file: z.object({ ext: z.string(), status: z.string(), uploadedAt: z.coerce.number().optional().catch(undefined) }),
})

/** Opportunities as listed, each read by itself so that an odd one spoils no other. */
export const opportunitiesPage = z.object({ data: z.array(z.unknown()), ...page })

/** What the sweep looks at of an opportunity. @see lever.md sections 3.1 and 3.3 */
export const advancedRow = z.object({
  id: idText,
  contact: contact.nullish(),
  stage: stage.nullish(),
  stageChanges: z.array(z.object({ toStageId: z.string(), updatedAt: z.number() })).nullish(),
  archived: z.unknown().optional(),
  archivedAt: z.number().nullish(),
  applications: z.array(application).nullish(),
  isAnonymized: z.boolean().nullish(),
})
