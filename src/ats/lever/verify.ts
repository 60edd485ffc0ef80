import { NotJsonError } from '../../domain/errors.ts'
import type { RawWebhook } from '../adapter.ts'
import { readJson } from '../bounded-json.ts'
import { signatureRefusals, type VerifiedWebhook, verifyHmac } from '../hmac.ts'
import { signedFields } from './schema.ts'

/**
 * Checks the signature that stands in the body, over `token` and `triggeredAt`. It covers nothing else: what `data`
 * says of a stage change is a hint until the opportunity itself has been read. Of a deletion it is believed.
 * @throws InvalidSignatureError
 * @throws NotJsonError there is no JSON in which a signature could stand
 * @see lever.md section 1.3 (vendor's documentation "Webhooks", read 2026-11-23)
 */
export function verifyLever(webhook: RawWebhook, signingTokens: readonly string[]): VerifiedWebhook {
  const content = readJson(webhook.body)
  if (content.kind === 'not-json') throw new NotJsonError()
  const fields = signedFields.safeParse(content.kind === 'json' ? content.json : undefined)
  if (!fields.success) throw signatureRefusals.malformed
  const { token, triggeredAt, signature } = fields.data
  return verifyHmac({ ...webhook, content }, signature, token + String(triggeredAt), signingTokens)
}
