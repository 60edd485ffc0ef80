/**
 * Webhooks signed as Greenhouse and Lever sign them.
 * @see greenhouse.md sections 1.3 and 1.4, lever.md sections 1.2 and 1.3, read 2026-11-24
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'

/** A webhook ready to be posted. The body's text is what was signed: send it as it is. */
export interface SignedWebhook {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const hmac = (key: string, message: string): string => createHmac('sha256', key).update(message).digest('hex')

/** JSON as Greenhouse writes it: `<`, `>`, `&` and the two Unicode line ends escaped, as Rails does. */
export function greenhouseJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * A Greenhouse webhook: the signature stands in a header and covers the body's exact bytes.
 * @param payload the whole body, `{action, payload}`
 * @param options.eventId value of `Greenhouse-Event-ID`; default random
 */
export function signedGreenhouseWebhook(
  payload: unknown,
  secret: string,
  options: { readonly eventId?: string } = {},
): SignedWebhook {
  const body = greenhouseJson(payload)
  const headers = {
    'content-type': 'application/json',
    'greenhouse-event-id': options.eventId ?? randomUUID(),
    signature: `sha256 ${hmac(secret, body)}`,
  }
  return { headers, body }
}

/**
 * A Lever webhook: the signature stands in the body and covers `token` and `triggeredAt` only.
 * @param data ids; `{}` is the connection test, which carries no `id`
 * @param options.triggeredAt epoch milliseconds
 */
export function signedLeverWebhook(
  event: string,
  data: Readonly<Record<string, unknown>>,
  signingToken: string,
  options: { readonly triggeredAt?: number; readonly token?: string; readonly id?: string } = {},
): SignedWebhook {
  const { triggeredAt = Date.now(), token = randomBytes(24).toString('hex'), id = randomUUID() } = options
  const isTest = Object.keys(data).length === 0
  const signature = hmac(signingToken, token + String(triggeredAt))
  const body = JSON.stringify({ ...(!isTest && { id }), triggeredAt, event, data, signature, token })
  return { headers: { 'content-type': 'application/json', 'user-agent': 'Lever-Webhooks' }, body }
}
