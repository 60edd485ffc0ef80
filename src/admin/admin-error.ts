import { z } from 'zod'
import { StillAtWorkError, StoreUnavailableError, WrongKeyError, wrongKeyMend } from '../domain/errors.ts'

/** An answer of the admin API other than success. */
export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly status: number
  readonly code: string

  /** @param message what to do about it, for the person at the other end */
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  /** What Fastify reads the status from. */
  get statusCode(): number {
    return this.status
  }
}

/** The password is missing or wrong. */
export const unauthorized = () => new AdminError(401, 'unauthorized', 'User admin and the password of ADMIN_PASSWORD.')

/** What is answered to whoever asked when something was thrown; what was not foreseen is 500 and is to be logged. */
export function toAdminError(error: unknown): AdminError {
  if (error instanceof AdminError) return error
  if (error instanceof StoreUnavailableError)
    return new AdminError(503, 'unavailable', 'The store does not answer. Try again in a moment.')
  if (error instanceof WrongKeyError)
    return new AdminError(503, 'wrong-key', `The store cannot be read: ${error.message}. To mend it, ${wrongKeyMend}.`)
  if (error instanceof StillAtWorkError)
    return new AdminError(
      503,
      'still-at-work',
      'A delivery of this person is in the middle of a call. All else is erased. Erase again in a minute: it is done once that succeeds.',
    )
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return new AdminError(400, 'invalid', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status === 401) return unauthorized()
  // Fastify's own, when a handler takes too long.
  if (status === 503) return new AdminError(503, 'unavailable', 'This takes too long now. Try again in a moment.')
  return status < 500
    ? new AdminError(status, 'invalid', 'The request could not be read.')
    : new AdminError(500, 'internal', 'The bridge made a mistake; its log says more.')
}
