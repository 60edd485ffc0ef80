import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { InvalidSignatureError } from '../domain/errors.ts'
import type { RawWebhook } from './adapter.ts'
import type { BodyContent } from './bounded-json.ts'

declare const verified: unique symbol

/** Says that the signature was checked. Only `verifyHmac` can give it. */
export interface Verified {
  readonly [verified]: true
}

/** A webhook whose signature was checked, and what its body holds: read once, for whoever comes after. */
export type VerifiedWebhook = RawWebhook & Verified & { readonly content: Exclude<BodyContent, { kind: 'not-json' }> }

/** Made once: in a flood of forged webhooks a stack for each would cost as much as its check. */
export const signatureRefusals = {
  missing: new InvalidSignatureError('no-signature'),
  malformed: new InvalidSignatureError('malformed-signature'),
  wrong: new InvalidSignatureError('wrong-signature'),
}

const hexDigest = /^[0-9a-f]{64}$/i

/**
 * Checks an HMAC-SHA256 signature against several secrets, each in constant time and without early exit.
 * @param signature hex digest as sent; undefined when the webhook carries none
 * @param signed the exact bytes or text that the sender signed
 * @throws InvalidSignatureError missing, not 64 hex characters, or made with none of the secrets
 */
export function verifyHmac<Webhook extends RawWebhook>(
  webhook: Webhook,
  signature: string | undefined,
  signed: Buffer | string,
  secrets: readonly string[],
): Webhook & Verified {
  if (signature === undefined || signature === '') throw signatureRefusals.missing
  if (!hexDigest.test(signature)) throw signatureRefusals.malformed
  const given = Buffer.from(signature, 'hex')
  let fits = false
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(signed).digest()
    fits = timingSafeEqual(expected, given) || fits
  }
  if (!fits) throw signatureRefusals.wrong
  return webhook as Webhook & Verified
}

/** Whether two secrets are equal, in time that depends on neither's content nor length. */
export function sameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
