import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailableError } from '../domain/errors.ts'
import type { Interview } from '../domain/interview.ts'
import type { Ledger, PersonAt, Subject, WriteIntent } from '../ledger/ledger.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/**
 * Stores the link unless one is stored already, asking for no lock: a link that comes late is kept all the same.
 * While the store does not take it, it is tried for as long as the process lives, since this is the only copy.
 * @param also noted together with it
 * @returns the interview that stands
 * @throws LapsedError whoever it is for has been erased meanwhile: then it is not kept
 */
export async function keepInterview(
  ledger: Ledger,
  whose: Subject,
  of: PersonAt,
  interview: Interview,
  also: WriteIntent,
): Promise<Interview> {
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      const standing = ledger.keepInterview(whose, of, interview, also)
      return (await Promise.all([standing, keepPattern(ledger, interview)]))[0]
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      await pause(wait)
    }
  }
}

/** The vendor's links hold the interview's id in the documented example; where they do, the pattern is remembered. */
async function keepPattern(ledger: Ledger, { link, interviewId }: Interview): Promise<void> {
  const pattern = link.replace(encodeURIComponent(interviewId), '{id}')
  if (pattern !== link) await ledger.keepLinkPattern(pattern)
}
