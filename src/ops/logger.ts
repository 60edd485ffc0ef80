import { type DestinationStream, type Logger, pino } from 'pino'
import { describeError } from './describe-error.ts'

/**
 * Keys whose values never reach the log, at the top of a record and two levels below. The second fence only: what is
 * logged is ids, times and reasons in the first place.
 */
const redactedKeys: ReadonlySet<string> = new Set([
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
])

const LEVELS_BELOW = 2

/** The boot summary's own masks are kept: whether a secret is set may be known. */
const censor = (value: unknown) => (value === 'set' || value === 'unset' ? value : '[redacted]')

/**
 * The same without what must not be logged. One walk over the record as it is, copied only where something is taken
 * out: pino's own redaction asks every record for every path, which takes thirty times as long.
 */
function withoutSecrets(value: unknown, levelsBelow = LEVELS_BELOW): unknown {
  // Errors have a serializer of their own.
  if (levelsBelow < 0 || typeof value !== 'object' || value === null || value instanceof Error) return value
  let copy: Record<string, unknown> | undefined
  for (const [key, inner] of Object.entries(value)) {
    const kept = redactedKeys.has(key) ? censor(inner) : withoutSecrets(inner, levelsBelow - 1)
    if (kept === inner) continue
    copy ??= (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>
    copy[key] = kept
  }
  return copy ?? value
}

/** In a burst a write for each record would take longer than the record itself; the process's end writes the rest. */
const WRITE_FROM_CHARS = 8_192
const WRITE_EVERY_MS = 100

const redact = (record: object) => withoutSecrets(record) as Record<string, unknown>

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
      formatters: { level: (label) => ({ level: label }), log: redact, bindings: redact },
      serializers: { err: describeError, error: describeError },
    },
    options.destination ??
      pino.destination({ dest: 1, sync: false, minLength: WRITE_FROM_CHARS, periodicFlush: WRITE_EVERY_MS }),
  )
}
