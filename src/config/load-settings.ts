import type { AtsDefinition } from '../ats/adapter.ts'
import type { Route } from '../domain/connection.ts'
import { withoutSlash } from './addresses.ts'
import { documentSchema, routeSchema } from './bridge-document.ts'
import { connectionProblems, doubleProblems, makeRoute } from './check-routes.ts'
import { ConfigError, formatPath, type Problem } from './config-error.ts'
import { type Environment, setVariables } from './env.ts'
import { hint } from './nearest-key.ts'
import { fillPlaceholders } from './placeholders.ts'
import { readDocument } from './read-document.ts'
import { checkPart } from './schema-problems.ts'
import type { ConnectionSettings, Settings } from './settings.ts'
import { withFiles } from './variable-files.ts'
import { type CheckedVariables, checkVariables, storeOf, variableNames } from './variables.ts'

type Definitions = Readonly<Record<string, AtsDefinition>>
type Variables = Readonly<Record<string, string>>

interface Document {
  readonly connections: readonly ConnectionSettings[]
  readonly routes: readonly Route[]
}

/**
 * All settings, from variables and the document of connections and routes.
 * @param definitions the ATSs by id, whose schemas check their connections
 * @throws ConfigError with every problem there is
 */
export function loadSettings(environment: Environment, definitions: Definitions): Settings {
  const { variables, problems: fileProblems } = withFiles(setVariables(environment), variableNames)
  const checked = checkVariables(variables)
  // Of a variable whose file cannot be read, that it is missing says nothing more.
  const unread = new Set(fileProblems.map(({ where }) => where))
  const problems = [...fileProblems, ...checked.problems.filter(({ where }) => !unread.has(`${where}_FILE`))]
  const document = attempt(() => loadDocument(variables, definitions))
  if (checked.values === undefined || problems.length > 0 || document.problems !== undefined)
    throw new ConfigError([...problems, ...(document.problems ?? [])])
  return assemble(checked.values, document.value)
}

function attempt<T>(work: () => T): { value: T; problems?: never } | { problems: readonly Problem[] } {
  try {
    return { value: work() }
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems }
    throw error
  }
}

function assemble(values: CheckedVariables, { connections, routes }: Document): Settings {
  const { PUBLIC_URL, ADMIN_PASSWORD, ALERT_WEBHOOK_URL, OTEL_EXPORTER_OTLP_ENDPOINT, TRUST_PROXY } = values
  const proxies = TRUST_PROXY.filter((entry) => entry !== 'false')
  return {
    port: values.PORT,
    host: values.HOST,
    role: values.ROLE,
    store: storeOf(values),
    interviewflow: {
      apiKey: values.INTERVIEWFLOW_API_KEY,
      baseUrl: values.INTERVIEWFLOW_BASE_URL,
      linkHosts: values.INTERVIEWFLOW_LINK_HOSTS,
    },
    ...(PUBLIC_URL !== undefined && { publicUrl: withoutSlash(PUBLIC_URL) }),
    ...(ADMIN_PASSWORD !== undefined && { adminPassword: ADMIN_PASSWORD }),
    ...(ALERT_WEBHOOK_URL !== undefined && { alertWebhookUrl: ALERT_WEBHOOK_URL }),
    ...(OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && {
      tracing: { endpoint: withoutSlash(OTEL_EXPORTER_OTLP_ENDPOINT), headers: values.OTEL_EXPORTER_OTLP_HEADERS },
    }),
    trustProxy: proxies.length > 0 && proxies,
    logLevel: values.LOG_LEVEL,
    retentionDays: values.RETENTION_DAYS,
    encryptionKeys: values.ENCRYPTION_KEY,
    connections,
    routes,
  }
}

function loadDocument(variables: Variables, definitions: Definitions): Document {
  const raw = readDocument(variables['BRIDGE_CONFIG'] ?? './bridge.yaml', variables['BRIDGE_CONFIG_YAML'])
  const filled = fillPlaceholders(raw ?? {}, variables)
  const { problems } = checkPart(documentSchema, filled.document)
  const given = isGroup(filled.document) ? filled.document : {}
  const checked = checkConnections(given['connections'], definitions)
  const routes = checkRoutes(
    given['routes'],
    checked.connections.map(({ name }) => name),
  )
  // Where a variable is not set, the schema finds the same place empty; the missing variable says more.
  const unset = new Set(filled.problems.map(({ where }) => where))
  const rest = [...problems, ...checked.problems, ...routes.problems].filter(({ where }) => !unset.has(where))
  if (unset.size + rest.length > 0) throw new ConfigError([...filled.problems, ...rest])
  return { connections: checked.connections, routes: routes.routes }
}

/** What the schema cannot see in the routes, also where other parts of the document have problems. */
function checkRoutes(
  given: unknown,
  connections: readonly string[],
): { readonly routes: readonly Route[]; readonly problems: readonly Problem[] } {
  const entries: readonly unknown[] = Array.isArray(given) ? given : []
  const sound = new Map<number, Route>()
  for (const [index, entry] of entries.entries()) {
    const { data } = routeSchema.safeParse(entry)
    if (data !== undefined) sound.set(index, makeRoute(data))
  }
  const unknown = entries.flatMap((entry, index) => connectionProblems(entry, index, connections))
  return { routes: [...sound.values()], problems: [...unknown, ...doubleProblems(sound)] }
}

/** Each connection by its ATS's own schema, also where the rest of the document has problems. */
function checkConnections(
  given: unknown,
  definitions: Definitions,
): { readonly connections: readonly ConnectionSettings[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const connections = Object.entries(isGroup(given) ? given : {}).map(([name, connection]) => {
    const { ats, ...part } = isGroup(connection) ? connection : {}
    const definition = typeof ats === 'string' && Object.hasOwn(definitions, ats) ? definitions[ats] : undefined
    const path = ['connections', name]
    if (definition === undefined) {
      if (typeof ats === 'string' && ats !== '')
        problems.push({
          where: formatPath([...path, 'ats']),
          message: `is not a known ATS; ${hint(ats, Object.keys(definitions))}`,
        })
      return { name, ats: '', settings: undefined }
    }
    const checked = checkPart(definition.settings, part, path)
    problems.push(...checked.problems)
    return { name, ats: ats as string, settings: checked.value }
  })
  return { connections, problems }
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
