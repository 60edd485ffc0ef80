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
