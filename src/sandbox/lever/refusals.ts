/**
 * Lever's refusals: `{code, message}`. The codes of 400, 403, 422, 429 and 500 are not published.
 * @see lever.md section 2 "Errors"; fixture docs-errors.json
 */
import { type Answer, Refusal } from '../call.ts'

const codes: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'ResourceNotFound',
  422: 'UnprocessableEntityError',
  429: 'TooManyRequestsError',
}

/** An error answer with the code that goes with its status. */
export function leverError(status: number, message: string): Answer {
  return { status, body: { code: codes[status] ?? 'InternalServerError', message } }
}

/** The same, to be thrown. */
export function leverRefusal(status: number, message: string): Refusal {
  return new Refusal(status, leverError(status, message).body)
}

/** 404 of a record. @param kind e.g. `opportunities` */
export function notFound(kind: string, id: string): Refusal {
  return leverRefusal(404, `${kind} ${id} was not found`)
}
