import { z } from 'zod'
import { baseUrl } from '../base-url.ts'

const secret = z.string().min(1)

const noteSettings = z.strictObject({
  visibility: z
    .enum(['private', 'public', 'admin_only'])
    .default('private')
    .describe('Who may read the note. An interview link is personal, so private unless said otherwise.'),
})

const customFieldSettings = z.strictObject({
  on: z.enum(['application', 'candidate']),
  key: z.string().trim().min(1).max(200).describe('The field’s immutable field key, from its settings in Greenhouse.'),
})

/** One write target: an object with a single key, which names the kind. */
const writeTarget = z
  .strictObject({ note: noteSettings.optional(), customField: customFieldSettings.optional() })
  .refine((target) => Object.values(target).filter((kind) => kind !== undefined).length === 1, {
    message: 'exactly one of note, customField is needed',
  })

/** Name under which the ledger remembers a custom field as written. */
export const customFieldName = ({ on, key }: z.infer<typeof customFieldSettings>): string => `customField:${on}:${key}`

function areDistinct(targets: readonly z.infer<typeof writeTarget>[]): boolean {
  const names = targets.map(({ customField }) => (customField ? customFieldName(customField) : 'note'))
  return new Set(names).size === names.length
}

/** A Greenhouse connection in `bridge.yaml`, without `ats`. */
export const greenhouseSettings = z.strictObject({
  webhookSecrets: z.array(secret).min(1).describe('Secret keys of the webhooks; several while one is being rotated.'),
  clientId: secret,
  clientSecret: secret,
  userId: z
    .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,15}$/, 'the number of a Greenhouse user is needed')])
    .optional()
    .describe('Acting user: the token’s `sub`, and the author of notes.'),
  baseUrl: baseUrl.default('https://harvest.greenhouse.io'),
  authUrl: baseUrl.default('https://auth.greenhouse.io'),
  writeBack: z
    .array(writeTarget)
    .min(1)
    .refine(areDistinct, { message: 'the same target is named twice' })
    .default([{ note: { visibility: 'private' } }]),
})

/** The settings, checked and with defaults filled in. */
export type GreenhouseSettings = z.output<typeof greenhouseSettings>
