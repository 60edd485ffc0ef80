import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { HttpError } from '../http/http-error.ts'
import { JsonClient } from '../http/json-client.ts'
import { refusalMeaning } from './schema.ts'

/**
 * What the vendor said: the key is taken and the interviewer known; the key is refused; the interviewer is surely
 * unknown; a refusal that may mean an unknown interviewer or an account without read-back; or it did not answer.
 */
export type VendorSays =
  | { readonly kind: 'known'; readonly theirNow: number | undefined }
  | { readonly kind: 'key-refused' | 'interviewer-unknown' }
  | { readonly kind: 'not-told' | 'no-answer'; readonly status: number | undefined; readonly error: unknown }

/**
 * Asks the vendor for one interview of an interviewer: a call that creates nothing.
 * @see interviewflow.md section 2
 */
export async function askVendor(
  vendor: { readonly apiKey: string; readonly baseUrl: string; readonly dispatcher: Dispatcher },
  interviewer: string,
): Promise<VendorSays> {
  const client = new JsonClient({
    target: 'interviewflow',
    baseUrl: vendor.baseUrl,
    dispatcher: vendor.dispatcher,
    observeCall: () => undefined,
    now: Date.now,
  })
  try {
    const { headers } = await client.call({
      operation: 'inspect',
      method: 'POST',
      path: '/api/external/fetch/candidates',
      headers: { 'x-api-key': vendor.apiKey },
      json: { interviewerId: interviewer, page: 1, limit: 1 },
      schema: z.object({ data: z.unknown() }),
    })
    const { date } = headers
    const at = Date.parse(typeof date === 'string' ? date : '')
    return { kind: 'known', theirNow: Number.isNaN(at) ? undefined : at }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const { status } = error.failure
    if (status === 401) return { kind: 'key-refused' }
    const isRefusal = status !== undefined && status >= 400 && status < 500 && status !== 429
    if (!isRefusal) return { kind: 'no-answer', status, error }
    // The words alone decide: the vendor documents no status.
    const isUnknown = refusalMeaning(400, error.answer()) === 'interviewer-not-found'
    return isUnknown ? { kind: 'interviewer-unknown' } : { kind: 'not-told', status, error }
  }
}
