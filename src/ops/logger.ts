import { type DestinationStream, type Logger, pino } from 'pino'
import { describeError } from './describe-error.ts'

/**
 * Keys whose values never reach the log, at the top of a record and two levels below. The second fence only: what is
 * logged is ids, times and reasons in the first place.
 */
const redactedKeys = [
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'X-API-KEY',
  'signature',
  'lever-signature',
  'x-lever-signature',
  'secret',
  'clientSecret',
  'apiKey',
  'token',
  'access_token',
  'password',
  'adminPassword',
  'headers',
  'body',
  'payload',
  'email',
  'emails',
  'phone',
  'name',
  'first_name',
  'last_name',
  'firstName',
  'lastName',
  'resumeUrl',
  'interviewLink',
  'link',
]

const redactPaths = redactedKeys.flatMap((key) => {
  const quoted = `["${key}"]`
  return [quoted, `*${quoted}`, `*.*${quoted}`]
})

/** The boot summary's own masks are kept: whether a secret is set may be known. */
const censor = (value: unknown) => (value === 'set' || value === 'unset' ? value : '[redacted]')

/**
 * Makes the process's logger: JSON lines, time as ISO 8601 UTC, level as a word, errors by `describeError`.
 * @param options.base fields of every record, e.g. version and role
 * @param options.destination standard output unless given
 */
export function makeLogger(options: {
  readonly level: string
  readonly base?: Readonly<Record<string, string>>
  readonly destination?: DestinationStream
}): Logger {
  return pino(
    {
      level: options.level,
      base: { service: 'interview-link-bridge', ...options.base },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactPaths, censor },
      serializers: { err: describeError, error: describeError },
    },
    options.destination ?? pino.destination(1),
  )
}
