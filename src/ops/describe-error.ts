/** What of an error may be logged. `type` is the error's name. */
export interface ErrorDescription {
  readonly type: string
  readonly message: string
  readonly code?: string
  /** Frames without the message in front of them. */
  readonly stack?: string
  readonly cause?: ErrorDescription
}

const MAX_CAUSES = 4

/**
 * Reduces an error to what holds no data from outside. Fields that clients hang on errors (request, headers, the row of
 * a failed insert) are dropped. In messages, values stand between quotes, so from the first quote to the last all goes.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error' }
  const { code, stack, cause } = error as NodeJS.ErrnoException
  const frames = stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
  return {
    type: error.name,
    message: withoutValues(error.message),
    ...(typeof code === 'string' && { code }),
    ...(frames && { stack: frames }),
    ...(cause instanceof Error && depth < MAX_CAUSES && { cause: describeError(cause, depth + 1) }),
  }
}

/** A message without what stands in quotes, and without e-mail addresses and what follows a `?` in an address. */
export function withoutValues(message: string): string {
  return message
    .replace(/["'`].*["'`]/s, '"…"')
    .replace(/[^\s@]+@[^\s@]+/g, '…')
    .replace(/\?\S+/g, '?…')
    .slice(0, 300)
}
