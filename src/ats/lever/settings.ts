import { z } from 'zod'
import { baseUrl } from '../base-url.ts'

const secret = z.string().min(1)

const noteSettings = z.strictObject({
  secret: z
    .boolean()
    .default(false)
    .describe('Show the note only to users who may see sensitive information of the posting.'),
})

/** One write target: an object with a single key, which names the kind. */
const writeTarget = z
  .strictObject({
    note: noteSettings.optional(),
    link: z.strictObject({}).optional(),
    tag: z.strictObject({ name: z.string().trim().min(1).max(100) }).optional(),
  })
  .refine((target) => Object.values(target).filter((kind) => kind !== undefined).length === 1, {
    message: 'exactly one of note, link, tag is needed',
  })

/** Name under which the ledger remembers a tag as written. */
export const tagTargetName = (tag: string): string => `tag:${tag}`

function areDistinct(targets: readonly z.infer<typeof writeTarget>[]): boolean {
  const names = targets.map(({ note, tag }) => (tag ? tagTargetName(tag.name) : note ? 'note' : 'link'))
  return new Set(names).size === names.length
}

const withoutVersion = baseUrl.refine((text) => !/\/v1\/?$/.test(text), {
  message: 'must not end in /v1: the version is added by the bridge',
})

/** A Lever connection in `bridge.yaml`, without `ats`. */
export const leverSettings = z.strictObject({
  signingTokens: z.array(secret).min(1).describe('Signing tokens of the webhooks: each webhook has its own.'),
  apiKey: secret,
  performAs: z.email().optional().describe('E-mail address of the Lever user who is to appear as author.'),
  baseUrl: withoutVersion.default('https://api.lever.co'),
  writeBack: z
    .array(writeTarget)
    .min(1)
    .refine(areDistinct, { message: 'the same target is named twice' })
    .default([{ note: { secret: false } }]),
})

/** The settings, checked and with defaults filled in. */
export type LeverSettings = z.output<typeof leverSettings>
