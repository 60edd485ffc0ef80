import type { AtsTools } from '../ats/adapter.ts'
import { atsInspectors } from '../ats/inspectors.ts'
import { atsProfiles } from '../ats/profiles.ts'
import type { ConnectionSettings, Settings } from '../config/settings.ts'
import { WrongKeyError, wrongKeyMend } from '../domain/errors.ts'
import { askVendor } from '../interview/inspect.ts'
import { makeVault } from '../seal/vault.ts'
import { type InspectedStore, inspectStore } from '../store/inspect.ts'
import { addressChecks, type TestWebhook } from './address-checks.ts'
import { alertFindings } from './alert-findings.ts'
import { commandTools, isAts } from './ats-tools.ts'
import { type Borrowed, borrowed } from './borrowed.ts'
import { Clocks } from './clocks.ts'
import { connectionChecks } from './connection-checks.ts'
import { explainFailure } from './explain-failure.ts'
import { type Check, type Finding, fail, pass, type Result, warn } from './finding.ts'
import type { Remembered } from './route-findings.ts'
import { runChecks } from './run-checks.ts'
import { storeFindings } from './store-findings.ts'
import { vendorFindings } from './vendor-findings.ts'

/** Newest deliveries in which names that stages and jobs had are looked for. */
const REMEMBERED_DELIVERIES = 200

/** Test webhooks of a connection, one for each of its secrets. */
export type MakeTests = (connection: ConnectionSettings, url: string) => readonly TestWebhook[]

/**
 * Checks everything there is to check, without changing anything.
 * @param dispatcher closed by whoever made it
 * @param options.isAlertTested whether a test message is sent to ALERT_WEBHOOK_URL
 */
export async function examine(
  settings: Settings,
  dispatcher: AtsTools['dispatcher'],
  makeTests: MakeTests,
  { isAlertTested = false }: { readonly isAlertTested?: boolean } = {},
): Promise<readonly Result[]> {
  const clocks = new Clocks()
  const store = inspectStore(settings.store)
  const opened = store.catch(() => undefined)
  const shared = { dispatcher, opened, clocks, ...borrowed(opened) }
  const checks: readonly Check[] = [
    { check: 'settings', run: () => settingsFindings(settings) },
    { check: 'store', run: () => storeCheck(store, settings, clocks) },
    ...(isAlertTested ? [{ check: 'alerts', run: () => alertFindings(settings.alertWebhookUrl, dispatcher) }] : []),
    { check: 'interviewflow', run: () => vendorCheck(settings, dispatcher, clocks) },
    ...settings.connections.flatMap((connection) => checksOf(connection, settings, shared)),
    ...addressChecks(
      settings.publicUrl,
      settings.connections.map((connection) => ({
        name: connection.name,
        tests: (url) => makeTests(connection, url),
        lastReceived: async () => {
          const page = await (await opened)?.journal?.list({ connection: connection.name, limit: 1 })
          return page?.items[0]?.receivedAt
        },
        now: shared.now,
      })),
    ),
  ]
  try {
    const results = await runChecks(checks)
    // Only now have all said what their clocks say.
    return [...results, ...clocks.findings().map((finding) => ({ check: 'clock', ...finding }))]
  } finally {
    await (await opened)?.close()
  }
}

function* settingsFindings({ connections, routes, adminPassword }: Settings): Generator<Finding> {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`
  yield pass(`read: ${count(connections.length, 'connection')}, ${count(routes.length, 'route')}`)
  for (const { name } of connections)
    if (!routes.some((route) => route.connection === name))
      yield warn(`no route is for connection "${name}", so everything it sends is ignored`, 'add one to bridge.yaml')
  if (adminPassword === undefined)
    yield warn('ADMIN_PASSWORD is not set, so there is no dashboard and no admin API', 'set it, and restart')
}

async function* storeCheck(
  store: Promise<InspectedStore>,
  settings: Settings,
  clocks: Clocks,
): AsyncGenerator<Finding> {
  try {
    const opened = await store
    const { facts } = opened
    if (facts.kind !== 'embedded') clocks.note('the store', facts.skewMs)
    yield* storeFindings(facts)
    await opened.tryKeys?.(makeVault(settings.encryptionKeys))
  } catch (error) {
    if (error instanceof WrongKeyError) {
      yield fail(`the store cannot be opened: ${error.message}`, wrongKeyMend)
      return
    }
    const variable = settings.store.kind === 'redis' ? 'REDIS_URL' : 'DATABASE_URL'
    yield fail(`the store in ${variable} cannot be used: ${explainFailure(error)}`, `start it, or correct ${variable}`)
  }
}

async function* vendorCheck(
  { interviewflow, routes }: Settings,
  dispatcher: AtsTools['dispatcher'],
  clocks: Clocks,
): AsyncGenerator<Finding> {
  const interviewers = [...new Set(routes.map(({ interviewer }) => interviewer.toLowerCase()))]
  const answers = await Promise.all(
    interviewers.map(async (interviewer) => {
      const says = await askVendor({ ...interviewflow, dispatcher }, interviewer)
      if (says.kind === 'known') clocks.noteRough('InterviewFlowAI', says.theirNow, Date.now())
      return [interviewer, says] as const
    }),
  )
  yield* vendorFindings(new Map(answers))
}

interface Shared extends Borrowed {
  readonly dispatcher: AtsTools['dispatcher']
  readonly opened: Promise<InspectedStore | undefined>
  readonly clocks: Clocks
}

function checksOf(
  { name, ats, settings: own }: ConnectionSettings,
  settings: Settings,
  shared: Shared,
): readonly Check[] {
  if (!isAts(ats)) return []
  const tools = commandTools(name, ats, shared)
  return connectionChecks({
    name,
    title: atsProfiles[ats].label,
    settings: own,
    routes: settings.routes.map((route, index) => ({ index, route })).filter(({ route }) => route.connection === name),
    inspector: atsInspectors[ats](own, tools),
    clocks: shared.clocks,
    remembered: async () => await remember(name, await shared.opened),
  })
}

async function remember(connection: string, store: InspectedStore | undefined): Promise<readonly Remembered[]> {
  const page = await store?.journal?.list({ connection, limit: REMEMBERED_DELIVERIES }).catch(() => undefined)
  return (page?.items ?? []).flatMap(({ stageId, stageName, jobId, jobName }): Remembered[] => [
    ...(stageName === undefined ? [] : [{ kind: 'stage' as const, id: stageId, name: stageName }]),
    ...(jobId === undefined || jobName === undefined ? [] : [{ kind: 'job' as const, id: jobId, name: jobName }]),
  ])
}
