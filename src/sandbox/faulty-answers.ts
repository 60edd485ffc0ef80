/** What a fault puts in the place of a call or its answer. @see reliability.md section 5 */
import type { Answer } from './call.ts'
import type { Fault, garbageKinds } from './faults.ts'

/** An outside system's own words for the refusals that faults and unknown paths need. */
export interface Refusals {
  unauthorized(): Answer
  rateLimited(): Answer
  failure(status: number): Answer
  notFound(path: string): Answer
}

const FLOOD_BYTES = 10 * 1024 * 1024

const page = {
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body><h1>Down for maintenance</h1></body></html>'),
}
const json = (text: string): Answer => ({ status: 200, body: Buffer.from(text) })

const garbage: Readonly<Record<(typeof garbageKinds)[number], () => Answer | 'drip'>> = {
  page: () => ({ status: 200, ...page }),
  nothing: () => ({ status: 204 }),
  flood: () => json(`"${'x'.repeat(FLOOD_BYTES)}"`),
  cut: () => json('{"data":{"id":'),
  null: () => json('null'),
  list: () => json('[]'),
  redirect: () => ({ ...page, status: 302, headers: { location: 'https://login.example.net/' } }),
  drip: () => 'drip',
}

/** What is not an answer: none at all, a connection that is closed, or a body without end. */
type NoAnswer = 'drop' | 'hang' | 'drip'

/** What happens in place of the call, which then has no effect; undefined where it goes its way. */
export function insteadOfCall(fault: Fault | undefined, refusals: Refusals): Answer | NoAnswer | undefined {
  if (fault?.kind === 'drop-request') return 'drop'
  if (fault?.kind === 'hang-request') return 'hang'
  if (fault?.kind === 'garbage-request') return garbage[fault.garbage ?? 'page']()
  if (fault?.kind === 'error-request') return refusals.failure(fault.status ?? 500)
  if (fault?.kind === 'unauthorized') return refusals.unauthorized()
  if (fault?.kind !== 'rate-limit') return undefined
  const headers = fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }
  return { ...refusals.rateLimited(), headers }
}

/** What happens in place of the answer to a call that has taken effect. */
export function insteadOfReply(fault: Fault | undefined, refusals: Refusals): Answer | NoAnswer | undefined {
  if (fault?.kind === 'drop-reply') return 'drop'
  if (fault?.kind === 'hang-reply') return 'hang'
  if (fault?.kind === 'garbage-reply') return garbage[fault.garbage ?? 'page']()
  return fault?.kind === 'error-reply' ? refusals.failure(fault.status ?? 500) : undefined
}
