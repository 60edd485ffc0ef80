import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { StoreSettings } from '../../src/config/settings.ts'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { adminClient, type ShownDelivery } from '../support/admin-client.ts'
import { type AlertReceiver, startAlertReceiver } from '../support/alert-receiver.ts'
import { type BridgeProcess, startBridgeProcess } from '../support/bridge-process.ts'
import { type PrivateStore, privatePostgres, privateRedis } from '../support/private-stores.ts'
import {
  ADMIN_PASSWORD,
  type SandboxWorld,
  sandboxDocument,
  sandboxVariables,
  startSandboxWorld,
} from '../support/sandbox-world.ts'
import { deliveryIds } from '../support/sent.ts'
import { dumpPostgres, dumpRedis } from '../support/store-dump.ts'
import { startTraceCollector, type TraceCollector } from '../support/trace-collector.ts'
import { until } from '../support/until.ts'

/** Texts that must stand nowhere, in lower case. */
const people = ['canarina', 'vogelsang', 'papageno', 'wellensittich', 'kakadu', '555-0199', 'kanarienvogel']
const resume = Buffer.from('%PDF-1.4\nKanarienvogel, singer of thirty years\n%%EOF\n')
const encryptionKey = randomBytes(32).toString('hex')
const secrets = {
  webhookSecret: 'canary-webhook-secret',
  clientSecret: 'canary-client-secret',
  signingToken: 'ca7a'.repeat(12),
  leverKey: 'canary-lever-key',
  vendorKey: 'canary-vendor-key',
  collectorKey: 'canary-collector-key',
}

const postgres = () => privatePostgres(inject('postgresUrl'))
const stores: readonly (readonly [
  string,
  () => Promise<PrivateStore>,
  (url: string) => Promise<string>,
  { readonly ENCRYPTION_KEY?: string },
])[] = [
  ['Redis', privateRedis, dumpRedis, {}],
  ['Redis with a key', privateRedis, dumpRedis, { ENCRYPTION_KEY: encryptionKey }],
  ['PostgreSQL', postgres, dumpPostgres, {}],
  ['PostgreSQL with a key', postgres, dumpPostgres, { ENCRYPTION_KEY: encryptionKey }],
]

describe.each(stores)('on %s', (name, open, dump, sealing) => {
  let store: PrivateStore
  let receiver: AlertReceiver
  let collector: TraceCollector
  let sandboxes: SandboxWorld
  let bridge: BridgeProcess & { readonly url: string }
  /** Everything that was in the store at any of the times it was looked at. */
  let seen = ''
  /** What was there after somebody had been forgotten. */
  let left = ''
  let metrics = ''
  let links: readonly string[] = []
  /** Addresses under which resumes were to be had. */
  let tickets: readonly string[] = []
  let forgotten: readonly string[] = []
  /** Everything that the bridge answered to strangers and to those who made a mistake. */
  let refusals = ''

  const urlOf = (settings: StoreSettings) => (settings.kind === 'embedded' ? '' : settings.url)
  const look = async () => {
    seen += `${await dump(urlOf(store.settings))}\n`
  }

  beforeAll(async () => {
    store = await open()
    sandboxes = await startSandboxWorld({
      greenhouse: {
        webhookSecret: secrets.webhookSecret,
        credentials: [{ clientId: 'client-4001', clientSecret: secrets.clientSecret }],
      },
      lever: { signingToken: secrets.signingToken, keys: [{ key: secrets.leverKey }] },
      vendor: { apiKey: secrets.vendorKey },
    })
    receiver = await startAlertReceiver()
    collector = await startTraceCollector()
    bridge = await startBridgeProcess({
      variables: {
        ...sandboxVariables(sandboxes, store.settings),
        ...sealing,
        PUBLIC_URL: 'https://bridge.example.com',
        BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes).replaceAll(/(interviewer: \S+) }/g, '$1, sendResume: true }'),
        LOG_LEVEL: 'trace',
        ALERT_WEBHOOK_URL: receiver.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${secrets.collectorKey}`,
      },
    })
    await play()
    // Gathered for half a minute: waited for once, since whatever the store, the same is told.
    if (name === 'Redis') await until(() => receiver.texts.length > 0, 90_000)
    metrics = await (await fetch(`${bridge.url}/metrics`)).text()
    links = sandboxes.vendor.interviews().map(({ interviewLink }) => interviewLink)
    await bridge.stop()
  }, 240_000)
  afterAll(async () => {
    await bridge?.kill()
    await Promise.all([sandboxes?.close(), receiver?.close(), collector?.close()])
    await store?.remove()
  })

  /** What can happen to people: delivered, retried, refused by the vendor, lapsed, and webhooks that are refused. */
  async function play(): Promise<void> {
    const { greenhouse, lever, vendor } = sandboxes
    const api = adminClient(bridge.url, ADMIN_PASSWORD)
    const aCandidate = (firstName: string, lastName: string, email: string | undefined) =>
      greenhouse.addCandidate({ firstName, lastName, job: 'Designer', ...(email !== undefined && { email }) })
        .applicationId
    const tell = async (applicationId: number, secret?: string) => {
      const { action, payload: told } = greenhouse.move(applicationId, SANDBOX_STAGE)
      const { candidate, ...application } = told['application'] as { candidate: object }
      const phones = { phone_numbers: [{ value: '+1 202 555-0199', type: 'mobile' }] }
      const payload = { action, payload: { application: { ...application, candidate: { ...candidate, ...phones } } } }
      return await greenhouse.sendWebhook(`${bridge.url}/webhooks/greenhouse`, payload, secret ? { secret } : {})
    }

    vendor.fault({ kind: 'error-reply', operation: 'create' })
    vendor.fault({ kind: 'garbage-request', operation: 'create' })
    greenhouse.fault({ kind: 'error-request', operation: 'list-applications' })
    const address = 'canarina.vogelsang@example.com'
    const sent = [await tell(aCandidate('Canarina', 'Vogelsang', address))]
    await look()
    // The same address under another name: dead as name-mismatch.
    sent.push(await tell(aCandidate('Papageno', 'Kakadu', 'papageno.kakadu@example.com')))
    const opportunity = { name: 'Papageno Wellensittich', email: 'papageno.wellensittich@example.com' }
    const { opportunityId } = lever.addOpportunity({ ...opportunity, posting: 'Engineer' })
    lever.addResume(opportunityId, { name: 'canarina.pdf', bytes: resume })
    sent.push(await lever.sendWebhook(`${bridge.url}/webhooks/lever`, lever.move(opportunityId, SANDBOX_STAGE)))
    sent.push(await tell(aCandidate('Canarina', 'Kakadu', undefined)))
    const settled = async () => {
      for (const id of sent.flatMap(deliveryIds)) await api.settled(id)
    }
    await settled()
    await look()
    sent.push(await tell(aCandidate('Papageno', 'Wellensittich', address)))
    await settled()

    const states = await Promise.all(sent.flatMap(deliveryIds).map((id) => api.delivery(id)))
    tickets = vendor.calls.flatMap(({ requestBody }) => {
      const { resumeUrl } = (requestBody ?? {}) as { resumeUrl?: string }
      return resumeUrl?.startsWith('https://bridge.example.com/resumes/') ? [resumeUrl.split('/').at(-1) ?? ''] : []
    })
    const file = await fetch(`${bridge.url}/resumes/${tickets[0]}`)
    expect(Buffer.from(await file.arrayBuffer())).toEqual(resume)
    expect(states.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'delivered written',
      'delivered written',
      'delivered written',
      'lapsed no-email',
      'dead name-mismatch',
    ])
    const unsigned = await tell(aCandidate('Canarina', 'Wellensittich', 'kakadu@example.com'), 'wrong')
    expect(unsigned).toMatchObject({ status: 401 })
    const garbled = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Canarina' }
    const answers = [
      await fetch(`${bridge.url}/webhooks/greenhouse`, garbled),
      await fetch(`${bridge.url}/webhooks/nobody?name=vogelsang`, garbled),
      await fetch(`${bridge.url}/webhooks/greenhouse`, { ...garbled, headers: { 'content-type': 'text/kakadu' } }),
      await fetch(`${bridge.url}/webhooks/greenhouse`, { ...garbled, body: 'Canarina '.repeat(200_000) }),
      await fetch(`${bridge.url}/vogelsang`),
      await fetch(`${bridge.url}/resumes/vogelsang`),
      await fetch(`${bridge.url}/api/deliveries`, { headers: { authorization: 'Basic Vogelsang' } }),
    ]
    const asked = [
      await api.get('/api/deliveries?q=canarina.vogelsang@example.com'),
      await api.get('/api/deliveries/canarina.vogelsang@example.com'),
      await api.get('/api/deliveries?state=vogelsang'),
      await api.post('/api/candidates/forget', { connection: 'greenhouse', email: 'canarina.vogelsang@example.com' }),
    ]
    const texts = await Promise.all(answers.map(async (answer) => await answer.text()))
    refusals = JSON.stringify([unsigned.body, texts, asked])
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 415, 413, 404, 404, 401])
    await look()

    const [{ id = '', candidateId = '', applicationId = '', interviewLink = '' } = {}] =
      states as Partial<ShownDelivery>[]
    await api.post('/api/candidates/forget', { connection: 'greenhouse', candidateId })
    expect(await api.delivery(id)).toMatchObject({ state: 'delivered', candidateId: 'erased', interviewLink: null })
    forgotten = [candidateId, applicationId, interviewLink ?? '']
    left = await dump(urlOf(store.settings))
  }

  const findings = (text: string, canaries: readonly string[]) =>
    canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))
  const everySecret = () => [...Object.values(secrets), ADMIN_PASSWORD, encryptionKey, receiver.secret, ...tickets]

  test('the output at the finest level holds no person, no secret and no link', () => {
    const output = bridge.output()
    expect(output).toContain('delivery attempted')
    expect(findings(output, [...people, ...everySecret(), ...links])).toEqual([])
  })

  test('the store, queue and all, holds no person and no secret', () => {
    expect(seen).toContain('dlv_')
    // The ledger is there to keep it, in clear where there is no key: a look that finds nothing at all would be noticed.
    const keptIn = seen.split('\n').filter((line) => findings(line, links).length > 0)
    expect(keptIn.length > 0).toBe(sealing.ENCRYPTION_KEY === undefined)
    for (const line of keptIn) expect(line).toMatch(/^\{bridge\}:ledger:interview:|^bridge\.interview /)
    expect(tickets).not.toEqual([])
    expect(findings(seen, [...people, ...everySecret()])).toEqual([])
  })

  test('somebody forgotten has left the store', () => {
    expect(findings(seen, forgotten.slice(0, 2))).toHaveLength(2)
    expect(findings(left, forgotten)).toEqual([])
  })

  test('an answer to a request that was refused repeats nothing of it', () => {
    expect(refusals).toContain('unauthorized')
    expect(findings(refusals, [...people, ...everySecret(), ...links])).toEqual([])
  })

  test('the metrics hold no person, no secret and no link', () => {
    expect(metrics).toContain('bridge_deliveries')
    expect(findings(metrics, [...people, ...everySecret(), ...links])).toEqual([])
  })

  test('the traces hold no person, no secret, no link and no address of a resume', () => {
    expect(collector.faults).toEqual([])
    const traced = collector.bodies.join('\n')
    expect(traced).toContain('dlv_')
    expect(findings(traced, [...people, ...everySecret(), ...links])).toEqual([])
  })

  test('the alerts hold no person, no id of one, no secret and no link but those into the dashboard', () => {
    expect(receiver.faults).toEqual([])
    const told = receiver.texts.join('\n')
    if (name === 'Redis') expect(told).toContain('Another person with the same e-mail address has this interview.')
    expect(findings(told, [...people, ...everySecret(), ...links, ...forgotten, 'dlv_'])).toEqual([])
    expect(told.replaceAll('https://bridge.example.com/admin', '')).not.toContain('http')
  })
})
