import { withoutSecrets } from './addresses.ts'
import type { ConnectionSettings, Settings, StoreSettings } from './settings.ts'

const mask = (value: unknown): 'set' | 'unset' => (value === undefined || value === '' ? 'unset' : 'set')

function summarizeStore(store: StoreSettings): object {
  if (store.kind !== 'embedded') return { kind: store.kind, url: withoutSecrets(store.url) }
  return { kind: store.kind, dir: store.dir, durability: 'survives a killed process, not a power cut' }
}

/** What of an ATS's own settings may be shown. Secrets have many names, so only what is known to be none is shown. */
function summarizeValue(key: string, value: unknown): unknown {
  if (typeof value === 'string' && key.endsWith('Url')) return withoutSecrets(value)
  if (key === 'writeBack' && Array.isArray(value)) return value.flatMap((target: object) => Object.keys(target))
  return Array.isArray(value) ? value.length : mask(value)
}

function summarizeConnection({ ats, settings }: ConnectionSettings): object {
  const entries = Object.entries(settings as object).map(([key, value]) => [key, summarizeValue(key, value)])
  return { ...Object.fromEntries(entries), ats }
}

/** The settings for one log record at boot: secrets as `set` or `unset` or their number, addresses without user and query. */
export function summarize(settings: Settings): Readonly<Record<string, unknown>> {
  const { interviewflow, publicUrl, tracing, connections, routes } = settings
  return {
    port: settings.port,
    host: settings.host,
    role: settings.role,
    store: summarizeStore(settings.store),
    interviewflow: {
      apiKey: mask(interviewflow.apiKey),
      baseUrl: withoutSecrets(interviewflow.baseUrl),
      linkHosts: interviewflow.linkHosts,
    },
    publicUrl: publicUrl === undefined ? 'unset' : withoutSecrets(publicUrl),
    adminPassword: mask(settings.adminPassword),
    alertWebhookUrl: mask(settings.alertWebhookUrl),
    tracing:
      tracing === undefined
        ? 'unset'
        : { endpoint: withoutSecrets(tracing.endpoint), credentials: mask(Object.keys(tracing.headers).join()) },
    trustProxy: settings.trustProxy,
    logLevel: settings.logLevel,
    retentionDays: settings.retentionDays,
    encryptionKeys: settings.encryptionKeys.length,
    connections: Object.fromEntries(
      connections.map((connection) => [connection.name, summarizeConnection(connection)]),
    ),
    routes: routes.map(({ id, connection, stage, jobs, interviewer, status, sendResume }) => ({
      id,
      connection,
      stage,
      jobs: jobs?.length ?? 'all',
      interviewer,
      status: status ?? 'unset',
      sendResume,
    })),
  }
}
