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
