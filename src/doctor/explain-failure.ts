import { PermanentError, RetryableError } from '../domain/errors.ts'

const byCode: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host’s name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way there',
  ENETUNREACH: 'there is no way there',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in a self-signed one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate chain is not complete',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  '28P01': 'the password is wrong',
  '28000': 'the user is not let in',
  '3D000': 'there is no such database',
}

/** The code nearest to the root of an error's causes. */
function codeOf(error: unknown): string | undefined {
  let code: string | undefined
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    const own = (at as NodeJS.ErrnoException).code
    if (typeof own === 'string') code = own
    // What Node throws where a name has several addresses.
    if (at instanceof AggregateError && at.errors[0] instanceof Error) code = codeOf(at.errors[0]) ?? code
  }
  return code
}

/** Why something failed, as the rest of a sentence, in our own words: messages from outside may hold anything. */
export function explainFailure(error: unknown): string {
  const code = codeOf(error)
  if (code !== undefined && byCode[code] !== undefined) return `${byCode[code]} (${code})`
  if ((error instanceof RetryableError || error instanceof PermanentError) && error.status !== undefined)
    return `it answered ${error.status}`
  // Redis has codes in its messages only.
  const word =
    error instanceof Error ? /^(WRONGPASS|NOAUTH|NOPERM|LOADING|READONLY)\b/.exec(error.message)?.[1] : undefined
  if (word === 'WRONGPASS' || word === 'NOAUTH') return `user or password is wrong (${word})`
  if (word !== undefined) return `it answered ${word}`
  if (code !== undefined) return `it failed with ${code}`
  return error instanceof Error ? `it failed (${error.name})` : 'it failed'
}
