/** The calls of the line and the sweep, in words for metrics. */
export const leverOperations = [
  'read/opportunity',
  'read/posting',
  'list/users',
  'list/stages',
  'list/notes',
  'list/resumes',
  'download/resume',
  'write/notes',
  'write/addLinks',
  'write/addTags',
  'sweep/stages',
  'sweep/opportunities',
] as const

/** The same, and those of looks at the account for a person. */
export type LeverOperation = (typeof leverOperations)[number] | 'create/webhook' | `inspect/${string}`
