/** What a fault puts in the place of a call or its answer. @see reliability.md section 5 */
import type { Answer } from './call.ts'
import type { Fault } from './faults.ts'

/** An outside system's own words for the refusals that faults and unknown paths need. */
export interface Refusals {
  unauthorized(): Answer
  rateLimited(): Answer
  failure(status: number): Answer
  notFound(path: string): Answer
}

const garbage: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body><h1>Down for maintenance</h1></body></html>'),
}

/** What happens in place of the call, which then has no effect; undefined where it goes its way. */
export function insteadOfCall(fault: Fault | undefined, refusals: Refusals): Answer | 'drop' | 'hang' | undefined {
  if (fault?.kind === 'drop-request') return 'drop'
  if (fault?.kind === 'hang-request') return 'hang'
  if (fault?.kind === 'garbage-request') return garbage
  if (fault?.kind === 'error-request') return refusals.failure(fault.status ?? 500)
  if (fault?.kind === 'unauthorized') return refusals.unauthorized()
  if (fault?.kind !== 'rate-limit') return undefined
  const headers = fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }
  return { ...refusals.rateLimited(), headers }
}

/** What happens in place of the answer to a call that has taken effect. */
export function insteadOfReply(fault: Fault | undefined, refusals: Refusals): Answer | 'drop' | 'hang' | undefined {
  if (fault?.kind === 'drop-reply') return 'drop'
  if (fault?.kind === 'hang-reply') return 'hang'
  if (fault?.kind === 'garbage-reply') return garbage
  return fault?.kind === 'error-reply' ? refusals.failure(fault.status ?? 500) : undefined
}
