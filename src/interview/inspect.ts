import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { failureClass } from '../http/classify.ts'
import { HttpError } from '../http/http-error.ts'
import { JsonClient } from '../http/json-client.ts'
import { serverClock } from '../http/server-clock.ts'
import { refusalMeaning } from './schema.ts'

/**
 * What the vendor said: the key is taken and the interviewer known; the key is refused; the interviewer is surely
 * unknown; a refusal that may mean an unknown interviewer or an account without read-back; something answered that is
 * not the vendor's API; or nothing did.
 */
export type VendorSays =
  | { readonly kind: 'known'; readonly theirNow: number | undefined }
  | { readonly kind: 'key-refused' | 'interviewer-unknown' }
  | { readonly kind: 'not-told' | 'no-api'; readonly status: number }
  | { readonly kind: 'no-answer'; readonly status: number | undefined; readonly error: unknown }

/** Whether the answer shows that the key is taken: only whoever is let in has the body looked at. */
export function takesKey(says: VendorSays): boolean {
  const isRefusedBody = says.kind === 'not-told' && (says.status === 400 || says.status === 422)
  return says.kind === 'known' || says.kind === 'interviewer-unknown' || isRefusedBody
}

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
      schema: z.object({ data: z.union([z.array(z.unknown()), z.looseObject({})]) }),
    })
    return { kind: 'known', theirNow: serverClock(headers) }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const { kind, status } = error.failure
    const why = kind === 'status' ? failureClass(error.failure) : undefined
    if (why === 'refusingKey') return { kind: 'key-refused' }
    if (status === undefined || why === 'unavailable' || why === 'rateLimited')
      return { kind: 'no-answer', status, error }
    const answer = error.answer()
    if (typeof answer !== 'object' || answer === null) return { kind: 'no-api', status }
    // The words alone decide: the vendor documents no status.
    const isUnknown = refusalMeaning(400, answer) === 'interviewer-not-found'
    return isUnknown ? { kind: 'interviewer-unknown' } : { kind: 'not-told', status }
  }
}
