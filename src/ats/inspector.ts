import type { ZodType } from 'zod'
import type { AtsTools } from './adapter.ts'

/** Something in the ATS with an id and the name people call it by. */
export interface Named {
  readonly id: string
  readonly name: string
}

/** A stage; with the job whose plan it belongs to, where stages belong to jobs. */
export interface InspectedStage extends Named {
  readonly jobId?: string
}

/** A custom field. */
export interface InspectedField {
  /** What kind of record it is on, in the words of `bridge.yaml`. */
  readonly on: string
  readonly key: string
  readonly name: string
  readonly type: string
  /** Whether the field takes a link. */
  readonly takesLink: boolean
}

/** What one permission turned out to be. */
export interface InspectedPermission {
  /** As the ATS's own screen calls it. */
  readonly name: string
  /** What is missing without it, as the end of "needed to …". */
  readonly neededTo: string
  /** `untried`: only a call that changes something could tell, or one on a record that is not there yet. */
  readonly state: 'granted' | 'missing' | 'untried'
  /** False: every delivery ends as it should without it; something beside the line does not work. */
  readonly isVital: boolean
}

/** A webhook that the ATS knows of. */
export interface InspectedWebhook {
  readonly id: string
  readonly event: string
  readonly url: string
}

/** What the ATS tells of the caller. */
export interface SignIn {
  /** E.g. `signed in as user 4080`. */
  readonly says: string
  /** The ATS's clock at the answer, epoch milliseconds with whole seconds; absent where it did not tell. */
  readonly theirNow?: number
}

/** What to do about a failure, in the ATS's own words for its screens; each a sentence without its full stop. */
export interface Mends {
  readonly credentials: string
  readonly permission: string
  /** Absent where there are no fields. */
  readonly field?: string
}

/**
 * Looks at one account without changing anything, for `bridge doctor` and `bridge setup`. Lists end by themselves;
 * whoever has found what they look for stops reading. Every method may throw RetryableError and PermanentError, and
 * each `RetryableError('ats-refusing-key')` means that the credentials are refused.
 */
export interface AtsInspector {
  readonly mends: Mends
  /** One cheap call: are the credentials taken? */
  signIn(): Promise<SignIn>
  /** Every permission the connection needs. @param sendsResumes whether a route offers resumes */
  permissions(sendsResumes: boolean): Promise<readonly InspectedPermission[]>
  jobs(): AsyncIterable<Named>
  /** Stages of the whole account, or of these jobs where stages belong to jobs. */
  stages(jobIds?: readonly string[]): AsyncIterable<InspectedStage>
  /** Custom fields a link could go into; absent where the ATS has no such write target. */
  fields?(): AsyncIterable<InspectedField>
  /** Absent where the ATS shows none. */
  webhooks?(): Promise<readonly InspectedWebhook[]>
  /** Whether a user exists who is named in the settings; absent where none can be named. */
  authorExists?(): Promise<boolean>
}

/** Makes the inspector of one connection. @throws ZodError the settings do not fit the ATS's schema */
export type InspectorFactory = (settings: unknown, tools: AtsTools) => AtsInspector

/** Ties a settings schema to the maker that takes its output. */
export function defineInspector<Settings>(
  settings: ZodType<Settings>,
  create: (settings: Settings, tools: AtsTools) => AtsInspector,
): InspectorFactory {
  return (given, tools) => create(settings.parse(given), tools)
}
