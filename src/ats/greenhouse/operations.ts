/** The calls of the line and the sweep, in words for metrics. */
export const harvestOperations = [
  'probe/applications',
  'list/applications',
  'list/candidates',
  'list/jobs',
  'list/notes',
  'list/attachments',
  'create/notes',
  'update/applications',
  'update/candidates',
  'sweep/job_interview_stages',
  'sweep/application_stages',
  'sweep/applications',
  'sweep/jobs',
] as const

type Operation = (typeof harvestOperations)[number]

/** The same, and those of looks at the account for a person. */
export type HarvestOperation = Operation | `inspect/${string}`

/** The paths below a word: of `list`, `/applications` and so on. */
export type PathOf<Word extends string> = Operation extends infer One
  ? One extends `${Word}${infer Path extends `/${string}`}`
    ? Path
    : never
  : never
