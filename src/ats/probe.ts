import { PermanentError } from '../domain/errors.ts'
import type { InspectedPermission } from './inspector.ts'

/**
 * Tries a permission by a read that needs it.
 * @returns `missing` where the ATS answers 403
 * @throws RetryableError, PermanentError any other failure: then nothing is known of the permission
 */
export async function probe(read: () => Promise<unknown>): Promise<InspectedPermission['state']> {
  try {
    await read()
    return 'granted'
  } catch (error) {
    if (error instanceof PermanentError && error.status === 403) return 'missing'
    throw error
  }
}

/** The clock of an answer's sender, epoch milliseconds, from its `Date` header. */
export function serverClock(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const { date } = headers
  const at = Date.parse(typeof date === 'string' ? date : '')
  return Number.isNaN(at) ? undefined : at
}
