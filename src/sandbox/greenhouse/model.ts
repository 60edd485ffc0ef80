/**
 * What the Greenhouse sandbox keeps. Times are epoch milliseconds; ids are past 2^32 as in newer accounts.
 * @see greenhouse.md sections 1.8 and 2.4
 */
import { z } from 'zod'

/** A stage of a job's plan. */
export interface Stage {
  readonly id: number
  readonly name: string
}

/** A job with its plan, in order. */
export interface Job {
  readonly id: number
  readonly name: string
  readonly stages: readonly Stage[]
  readonly createdAt: number
}

/** A person. */
export interface Candidate {
  readonly id: number
  firstName: string
  lastName: string
  emails: readonly { readonly value: string; readonly type: string }[]
  canEmail: boolean
  readonly isPrivate: boolean
  readonly customFields: Map<string, unknown>
  readonly createdAt: number
  updatedAt: number
  lastActivityAt: number
}

/** An application's own row for one stage of its job; rows exist for stages not yet visited. */
export interface StageRow {
  readonly id: number
  readonly stage: Stage
  enteredAt: number | null
  exitedAt: number | null
}

/** One person's candidacy for one job. */
export interface Application {
  readonly id: number
  /** Another one after a merge. */
  candidate: Candidate
  /** Absent for a prospect. */
  readonly job: Job | undefined
  readonly stageRows: readonly StageRow[]
  current: StageRow | undefined
  status: 'active' | 'rejected' | 'hired' | 'converted'
  readonly customFields: Map<string, unknown>
  readonly createdAt: number
  updatedAt: number
  lastActivityAt: number
  rejectedAt: number | null
}

/** A file on an application. */
export interface Attachment {
  readonly id: number
  readonly applicationId: number
  readonly candidateId: number
  readonly filename: string
  readonly type: string
  readonly bytes: Buffer
  readonly createdAt: number
}

/** A note as it was written. */
export interface Note {
  readonly id: number
  readonly candidateId: number
  readonly applicationId: number | null
  readonly userId: number
  readonly body: string
  readonly subject: string | null
  readonly visibility: 'public' | 'private' | 'admin_only'
  readonly type: string
  readonly createdAt: number
}

/** A custom field of applications or candidates; `key` never changes. */
export interface CustomField {
  readonly id: number
  readonly on: 'application' | 'candidate'
  readonly key: string
  readonly name: string
  readonly type: 'url' | 'short_text' | 'long_text' | 'single_select'
}

/** Schema of a candidate to add, as `addCandidate` and the control API take it. */
export const newCandidateSchema = z.strictObject({
  firstName: z.string(),
  lastName: z.string(),
  /** One address of type personal; absent: the candidate has none. */
  email: z.string().optional(),
  /** Several addresses, in place of `email`. */
  emails: z.array(z.strictObject({ value: z.string(), type: z.string() })).optional(),
  /** Name or id; a name not yet known makes a job with the standard stages. `null` makes a prospect. */
  job: z.union([z.string(), z.number()]).nullable(),
  /** Name; default the job's first. */
  stage: z.string().optional(),
  canEmail: z.boolean().optional(),
  isPrivate: z.boolean().optional(),
  /** File name of a resume to attach; the file is a small PDF whatever the name says. */
  resume: z.string().optional(),
  /** Id of a candidate who applies once more; the person's own fields are then ignored. */
  candidateId: z.number().optional(),
})

/** A candidate with an application, to be added. */
export type NewCandidate = z.infer<typeof newCandidateSchema>

/** Schema of a custom field to add. */
export const newCustomFieldSchema = z.strictObject({
  on: z.enum(['application', 'candidate']),
  key: z.string(),
  type: z.enum(['url', 'short_text', 'long_text', 'single_select']),
})
