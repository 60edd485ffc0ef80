import type { FailureReasons } from '../http/classify.ts'

/** What the classes of failure are called when the ATS failed. */
export const atsFailures: FailureReasons = {
  unavailable: 'ats-unavailable',
  rateLimited: 'rate-limited',
  refusingKey: 'ats-refusing-key',
  forbidden: 'ats-forbidden',
  refused: 'ats-refused',
}
