/**
 * What the Lever sandbox keeps. Times are epoch milliseconds.
 * @see lever.md sections 3.1 and 3.2
 */
import { z } from 'zod'

/** A stage of the account; built-in ones have a slug for an id, others a UUID. */
export interface LeverStage {
  readonly id: string
  readonly text: string
}

/** What is being hired for. */
export interface Posting {
  readonly id: string
  readonly text: string
  readonly createdAt: number
}

/** A user of the account. */
export interface LeverUser {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly createdAt: number
}

/** A person; links belong here, so all of the person's opportunities show them. */
export interface Contact {
  readonly id: string
  name: string
  emails: readonly string[]
  readonly links: string[]
  isAnonymized: boolean
  contactAllowed: boolean
}

/** One candidacy; at most one posting. */
export interface Opportunity {
  readonly id: string
  /** Deprecated in webhooks, and another one than `id`: a client that uses it finds nothing. */
  readonly candidateId: string
  readonly contact: Contact
  readonly posting: Posting | undefined
  readonly applicationId: string
  stage: LeverStage
  readonly stageChanges: { readonly toStageId: string; readonly toStageIndex: number; readonly updatedAt: number }[]
  archived: { readonly reason: string; readonly archivedAt: number } | null
  readonly tags: string[]
  readonly isConfidential: boolean
  snoozedUntil: number | null
  readonly createdAt: number
  updatedAt: number
}

/** A note as it was written. */
export interface LeverNote {
  readonly id: string
  readonly opportunityId: string
  readonly stageId: string
  readonly value: string
  readonly secret: boolean
  readonly score: number | null
  /** Author; null unless `perform_as` was given. */
  readonly user: string | null
  readonly createdAt: number
}

/** A resume of one opportunity. */
export interface Resume {
  readonly id: string
  readonly opportunityId: string
  readonly name: string
  readonly status: 'processing' | 'processed' | 'unsupported' | 'error'
  readonly bytes: Buffer
  readonly createdAt: number
}

/** A subscription. */
export interface LeverWebhook {
  readonly id: string
  readonly event: string
  readonly url: string
  readonly origins: readonly string[]
  readonly signatureToken: string
  readonly createdAt: number
}

/** Schema of an opportunity to add, as `addOpportunity` and the control API take it. */
export const newOpportunitySchema = z.strictObject({
  name: z.string(),
  /** Absent: the person has none. */
  email: z.string().optional(),
  /** Name of the posting; one not yet known is made. `null`: a sourced lead without an application. */
  posting: z.string().nullable(),
  /** Name or id of the stage; default New applicant. */
  stage: z.string().optional(),
  /** Id of a contact who has opportunities already; name and e-mail are then ignored. */
  contactId: z.string().optional(),
  /** False: the person must not be contacted. */
  contactAllowed: z.boolean().optional(),
  confidential: z.boolean().optional(),
  /** File name of a resume to attach; the file is a small PDF whatever the name says. */
  resume: z.string().optional(),
  resumeStatus: z.enum(['processing', 'processed', 'unsupported', 'error']).optional(),
})

/** An opportunity to be added. */
export type NewOpportunity = z.infer<typeof newOpportunitySchema>
