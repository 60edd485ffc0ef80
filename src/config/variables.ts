import { z } from 'zod'
import { isLoopback } from '../http/loopback.ts'
import { LEDGER_DAYS } from '../ledger/ledger.ts'
import { commaList, isHost, proxyProblem, type UrlRules, urlProblem, withoutSlash } from './addresses.ts'
import type { Problem } from './config-error.ts'
import type { StoreSettings } from './settings.ts'
import { type StoreUrlRules, storeUrlProblem } from './store-url.ts'

type Variables = Readonly<Record<string, string>>

/** A day more than the sweep looks back: whose delivery is forgotten, but not the entry, would be queued again. */
const LEAST_RETENTION_DAYS = 3

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: () => `must be one of ${words.join(', ')}` })

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number)

/** A text about which `problemOf` has something to say, or nothing. */
const checked = (problemOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

const webAddress = (rules: UrlRules) => checked((text) => urlProblem(text, rules))

const storeAddress = (rules: StoreUrlRules) => checked((text) => storeUrlProblem(text, rules))

const list = (problemOf: (entry: string) => string | undefined) =>
  checked((text) => commaList(text).map(problemOf).find(Boolean)).transform(commaList)

/** The 32 bytes of a key given as hex or base64 (also the one for addresses); undefined for anything else. */
function keyBytes(text: string): Buffer | undefined {
  const isHex = /^[\da-f]{64}$/i.test(text)
  if (!isHex && !/^[\w+/-]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, isHex ? 'hex' : 'base64')
  return bytes.length === 32 ? bytes : undefined
}

/** Name and value of `name=value`, the value percent-encoded; undefined for anything else. */
function headerEntry(entry: string): readonly [name: string, value: string] | undefined {
  const [, name, value] = /^([\w!#$%&'*.^`|~+-]+)\s*=\s*([\x21-\x7e ]+)$/.exec(entry) ?? []
  if (name === undefined || value === undefined) return undefined
  try {
    const decoded = decodeURIComponent(value)
    return /^[\x20-\x7e]+$/.test(decoded) ? [name, decoded] : undefined
  } catch {
    return undefined
  }
}

/** What an API key may be made of. */
export const apiKeyShape = /^[\x21-\x7e]+$/

/** The variables of the contract (design.md section 2), as texts in and values out. */
const variablesSchema = (linkHosts: readonly string[]) =>
  z.object({
    PORT: wholeNumber(0, 65_535).prefault('3000'),
    HOST: z.string().default('0.0.0.0'),
    REDIS_URL: storeAddress({ schemes: ['redis:', 'rediss:'], numbered: true }).optional(),
    DATABASE_URL: storeAddress({ schemes: ['postgres:', 'postgresql:'], numbered: false }).optional(),
    DATA_DIR: z.string().default('./data'),
    BRIDGE_CONFIG: z.string().default('./bridge.yaml'),
    BRIDGE_CONFIG_YAML: z.string().optional(),
    INTERVIEWFLOW_API_KEY: z
      .string({ error: 'is missing: the API key of your InterviewFlowAI account' })
      // A header cannot carry anything else, and the failure would come only with the first candidate.
      .regex(apiKeyShape, { error: 'must not hold blanks, line ends or letters beyond ASCII' }),
    INTERVIEWFLOW_BASE_URL: webAddress({ http: linkHosts, query: false })
      .transform(withoutSlash)
      .prefault('https://api.interviewflowai.com'),
    PUBLIC_URL: webAddress({ http: 'any', query: false }).transform(withoutSlash).optional(),
    ADMIN_PASSWORD: z.string().optional(),
    ROLE: oneOf(['all', 'web', 'worker']).default('all'),
    LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    INTERVIEWFLOW_LINK_HOSTS: list((host) =>
      isHost(host) ? undefined : 'must be hosts separated by commas, without https:// and path',
    )
      .transform((hosts) => hosts.map((host) => host.toLowerCase()))
      .prefault(''),
    ALERT_WEBHOOK_URL: webAddress({ http: [], query: true }).optional(),
    // Traces hold no personal data, and a collector is mostly a neighbour.
    OTEL_EXPORTER_OTLP_ENDPOINT: webAddress({ http: 'any', query: false }).optional(),
    OTEL_EXPORTER_OTLP_HEADERS: list((entry) =>
      headerEntry(entry) ? undefined : 'must be name=value pairs separated by commas, as OpenTelemetry has them',
    )
      .transform((entries) => Object.fromEntries(entries.flatMap((entry) => [headerEntry(entry) ?? []])))
      .prefault(''),
    TRUST_PROXY: list((entry) => (entry === 'false' ? undefined : proxyProblem(entry))).prefault(''),
    RETENTION_DAYS: wholeNumber(LEAST_RETENTION_DAYS, LEDGER_DAYS).prefault('90'),
    ENCRYPTION_KEY: list((key) =>
      keyBytes(key) ? undefined : 'must be 32 bytes as 64 hex digits or as base64; make one with: openssl rand -hex 32',
    )
      .transform((keys) => keys.flatMap((key) => keyBytes(key) ?? []))
      .prefault(''),
  })

/** Every variable that means something to us. */
export const variableNames: readonly string[] = Object.keys(variablesSchema([]).shape)

/** The variables of the contract, checked and with defaults filled in. */
export type CheckedVariables = z.output<ReturnType<typeof variablesSchema>>

/** Checks every variable. `values` is undefined as soon as there is one problem. */
export function checkVariables(variables: Variables): {
  readonly values: CheckedVariables | undefined
  readonly problems: readonly Problem[]
} {
  const trimmed: Variables = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.trim()]))
  const linkHosts = commaList((trimmed['INTERVIEWFLOW_LINK_HOSTS'] ?? '').toLowerCase())
  const result = variablesSchema(linkHosts).safeParse(trimmed)
  const problems = [
    ...(result.error?.issues ?? []).map(({ path, message }) => ({ where: String(path[0]), message })),
    ...storeProblems(trimmed),
    ...collectorProblems(trimmed),
  ]
  return { values: problems.length === 0 ? result.data : undefined, problems }
}

function storeProblems({ REDIS_URL, DATABASE_URL, ROLE = 'all' }: Variables): Problem[] {
  if (REDIS_URL !== undefined && DATABASE_URL !== undefined)
    return [
      { where: 'DATABASE_URL', message: 'and REDIS_URL are both set: there is one store, so take one of them out' },
    ]
  if (REDIS_URL === undefined && DATABASE_URL === undefined && (ROLE === 'web' || ROLE === 'worker'))
    return [
      {
        where: 'ROLE',
        message: `must be "all" with the embedded store, which one process alone can open; for "${ROLE}" set REDIS_URL or DATABASE_URL`,
      },
    ]
  return []
}

function collectorProblems({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS }: Variables): Problem[] {
  const url = URL.parse(OTEL_EXPORTER_OTLP_ENDPOINT ?? '')
  if (OTEL_EXPORTER_OTLP_HEADERS === undefined || url?.protocol !== 'http:' || isLoopback(url.hostname)) return []
  const message = 'must begin with https:// where OTEL_EXPORTER_OTLP_HEADERS is set: credentials are sent there'
  return [{ where: 'OTEL_EXPORTER_OTLP_ENDPOINT', message }]
}

/** Which store the variables ask for. */
export function storeOf(values: CheckedVariables): StoreSettings {
  if (values.REDIS_URL !== undefined) return { kind: 'redis', url: values.REDIS_URL }
  if (values.DATABASE_URL !== undefined) return { kind: 'postgres', url: values.DATABASE_URL }
  return { kind: 'embedded', dir: values.DATA_DIR }
}
