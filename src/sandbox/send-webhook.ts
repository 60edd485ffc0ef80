/**
 * Posts webhooks as the ATSs do, and sends again what was not accepted.
 * @see greenhouse.md section 1.5 (accepted is exactly 200), lever.md section 1.4 (any 2xx; 3xx is a failure)
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { SignedWebhook } from './sign.ts'

/** How a webhook is posted. */
export interface SendOptions {
  /** Milliseconds before each further try; none by default. The vendors wait from a minute to eight hours. */
  readonly resendAfterMs?: readonly number[]
  /** Default 10,000. */
  readonly timeoutMs?: number
}

/** What became of the last try. */
export interface Sent {
  /** Absent when nobody answered. */
  readonly status?: number
  /** The answer's JSON, if it was that. */
  readonly body?: unknown
  readonly attempts: number
  readonly accepted: boolean
}

async function post(
  url: string,
  webhook: SignedWebhook,
  timeoutMs: number,
): Promise<{ status?: number; body?: unknown }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: webhook.headers,
      body: webhook.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    try {
      return { status: response.status, body: JSON.parse(text) as unknown }
    } catch {
      return { status: response.status }
    }
  } catch {
    return {}
  }
}

/**
 * Posts until accepted or out of tries, the same bytes and headers each time.
 * @param accepts which status the sender takes as received
 */
export async function sendWebhook(
  url: string,
  webhook: SignedWebhook,
  accepts: (status: number) => boolean,
  options: SendOptions = {},
): Promise<Sent> {
  const pauses = options.resendAfterMs ?? []
  for (let attempts = 1; ; attempts += 1) {
    const answer = await post(url, webhook, options.timeoutMs ?? 10_000)
    const accepted = answer.status !== undefined && accepts(answer.status)
    const pause = pauses[attempts - 1]
    if (accepted || pause === undefined) return { ...answer, attempts, accepted }
    await wait(pause)
  }
}
