import { z } from 'zod'
import { type AtsDefinition, defineAts } from '../../../src/ats/adapter.ts'
import { bucketLimit } from '../../../src/budget/bucket-limit.ts'
import { ConfigError, type Problem } from '../../../src/config/config-error.ts'
import { loadSettings } from '../../../src/config/load-settings.ts'
import type { Settings } from '../../../src/config/settings.ts'

const writeTarget = z.union([
  z.strictObject({ note: z.strictObject({ visibility: z.enum(['private', 'public']).default('private') }) }),
  z.strictObject({ field: z.strictObject({ on: z.enum(['application', 'candidate']), key: z.string() }) }),
])

const calls = { limit: bucketLimit({ perSecond: 1, burst: 1 }), operations: {} }

const neverMade = () => {
  throw new Error('configuration alone makes no adapter')
}

/** One small ATS, so that these tests say nothing about the real ones. */
export const definitions: Readonly<Record<string, AtsDefinition>> = {
  hireworks: defineAts(
    z.strictObject({
      webhookSecrets: z.array(z.string().min(1)).min(1),
      apiKey: z.string().min(1).optional(),
      baseUrl: z.string().default('https://api.hireworks.example.com'),
      writeBack: z.array(writeTarget).default([{ note: { visibility: 'private' } }]),
    }),
    calls,
    neverMade,
  ),
  talentpool: defineAts(z.strictObject({}), calls, neverMade),
}

export const interviewer = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'

export const soundDocument = `
connections:
  main: { ats: hireworks, webhookSecrets: [one] }
routes:
  - { connection: main, stage: AI Interview, interviewer: ${interviewer} }
`

/** A sound document with other routes. */
export const withRoutes = (...routes: readonly string[]): string =>
  `connections: { main: { ats: hireworks, webhookSecrets: [one] } }\nroutes:\n${routes.map((route) => `  - ${route}\n`).join('')}`

const soundEnvironment = { INTERVIEWFLOW_API_KEY: 'a-key', BRIDGE_CONFIG_YAML: soundDocument }

/** Settings of a sound environment with some variables changed; undefined takes one out. */
export function settingsOf(changes: Readonly<Record<string, string | undefined>> = {}): Settings {
  return loadSettings({ ...soundEnvironment, ...changes }, definitions)
}

/** The problems of that environment; none when it is sound. */
export function problemsOf(changes: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  try {
    settingsOf(changes)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

/** The problems of a document. */
export const documentProblems = (document: string, variables: Readonly<Record<string, string>> = {}) =>
  problemsOf({ ...variables, BRIDGE_CONFIG_YAML: document })
