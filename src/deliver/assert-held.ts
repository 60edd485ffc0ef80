import { RetryableError } from '../domain/errors.ts'
import type { Lease } from '../store/store.ts'

/** @throws RetryableError another process may be at work by now: whatever was about to be sent is left to that one */
export function assertHeld(lease: Pick<Lease, 'isHeld'>): void {
  if (!lease.isHeld()) throw new RetryableError('application-busy', { isAttempt: false })
}
