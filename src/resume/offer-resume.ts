import type { NewestResume, Resumes } from '../ats/resumes.ts'
import type { Delivery } from '../domain/delivery.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import type { Tickets } from './tickets.ts'

/** Attempts in which a resume that cannot be read for the moment is waited for. */
const TRIES = 3

/** An address from which the vendor can fetch the PDF without credentials, or why there is none. */
export type ResumeOffer = { readonly url: string } | { readonly without: 'no-pdf' | 'no-public-url' | 'not-readable' }

/** Offers the candidate's newest PDF. @param attempt counted from 1 */
export type OfferResume = (delivery: Delivery, resumes: Resumes | undefined, attempt: number) => Promise<ResumeOffer>

/**
 * Makes the offering. A resume never keeps an interview from being made: what is refused is done without at once, what
 * may heal after a few attempts. Only waiting for the ATS's limit is waited out, since it is sure to end.
 * @param publicUrl how the outside reaches us, without a slash at the end
 */
export function makeOfferResume(publicUrl: string | undefined, tickets: Tickets): OfferResume {
  return async (delivery, resumes, attempt) => {
    if (resumes?.open && publicUrl === undefined) return { without: 'no-public-url' }
    const newest = await read(resumes, delivery.applicationId, attempt)
    if (newest === 'not-readable') return { without: newest }
    switch (newest?.kind) {
      case undefined:
        return { without: 'no-pdf' }
      case 'untrusted-address':
        return { without: 'not-readable' }
      case 'address':
        return { url: newest.url }
      case 'file': {
        const { connection, applicationId, id: deliveryId } = delivery
        const token = await tickets.issue({ connection, applicationId, resumeId: newest.resumeId, deliveryId })
        return { url: `${publicUrl}/resumes/${token}` }
      }
    }
  }
}

async function read(
  resumes: Resumes | undefined,
  applicationId: string,
  attempt: number,
): Promise<NewestResume | 'not-readable' | undefined> {
  try {
    return await resumes?.newest(applicationId)
  } catch (error) {
    if (error instanceof PermanentError) return 'not-readable'
    if (!(error instanceof RetryableError)) throw error
    if (!error.isAttempt || attempt < TRIES) throw error
    return 'not-readable'
  }
}
