import { NotJsonError } from '../../domain/errors.ts'
import type { RawWebhook } from '../adapter.ts'
import { readJson } from '../bounded-json.ts'
import { signatureRefusals, type VerifiedWebhook, verifyHmac } from '../hmac.ts'

/** Algorithm, one space, digest. */
const header = /^sha256 (\S*)$/

/**
 * Checks the `Signature` header over the body's bytes as received. Greenhouse signs its own escapes (`\u0026` for `&`),
 * so a body that was parsed and written again would not fit.
 * @throws InvalidSignatureError
 * @throws NotJsonError it is signed, but is no JSON
 * @see greenhouse.md section 1.4 (vendor's webhooks/_introduction, read 2026-11-23)
 */
export function verifyGreenhouse(webhook: RawWebhook, secrets: readonly string[]): VerifiedWebhook {
  const given = webhook.headers['signature']
  if (given === undefined || given === '') throw signatureRefusals.missing
  const digest = typeof given === 'string' ? header.exec(given)?.[1] : undefined
  if (!digest) throw signatureRefusals.malformed
  const verified = verifyHmac(webhook, digest, webhook.body, secrets)
  const content = readJson(webhook.body)
  if (content.kind === 'not-json') throw new NotJsonError()
  return { ...verified, content }
}
