/** One rule: who enters `stage` through `connection` gets an interview with `interviewer`. */
export interface Route {
  /** Derived from connection, stage and interviewer, so it survives edits of everything else (see `routeId`). */
  readonly id: string
  readonly connection: string
  /** Name (compared trimmed, case-insensitive) or id of the stage. */
  readonly stage: string
  /** Ids or names of jobs; absent means every job. */
  readonly jobs?: readonly string[]
  /** The vendor's Interviewer id (UUID); the vendor's API calls it `jobId`. */
  readonly interviewer: string
  readonly status?: 'shortlisted' | 'draft'
  readonly sendResume: boolean
  readonly skills?: readonly string[]
  readonly customQuestions?: readonly string[]
  readonly additionalFields?: Readonly<Record<string, string | number | boolean>>
  /** Additional field of the vendor's that carries the ATS application id; makes a lost link findable exactly. */
  readonly applicationIdField?: string
}
