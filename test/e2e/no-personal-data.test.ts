import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { StoreSettings } from '../../src/config/settings.ts'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { adminClient } from '../support/admin-client.ts'
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

/** Texts that must stand nowhere, in lower case. */
const people = ['canarina', 'vogelsang', 'papageno', 'wellensittich', 'kakadu']
const secrets = {
  webhookSecret: 'canary-webhook-secret',
  clientSecret: 'canary-client-secret',
  signingToken: 'ca7a'.repeat(12),
  leverKey: 'canary-lever-key',
  vendorKey: 'canary-vendor-key',
}

const stores: readonly (readonly [string, () => Promise<PrivateStore>, (url: string) => Promise<string>])[] = [
  ['Redis', privateRedis, dumpRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl')), dumpPostgres],
]

describe.each(stores)('on %s', (_name, open, dump) => {
  let store: PrivateStore
  let sandboxes: SandboxWorld
  let bridge: BridgeProcess & { readonly url: string }
  /** Everything that was in the store at any of the times it was looked at. */
  let seen = ''
  let metrics = ''
  let links: readonly string[] = []

  const urlOf = (settings: StoreSettings) => (settings.kind === 'embedded' ? '' : settings.url)
  const look = async () => {
    seen += await dump(urlOf(store.settings))
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
    bridge = await startBridgeProcess({
      variables: {
        ...sandboxVariables(sandboxes, store.settings),
        BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
        LOG_LEVEL: 'trace',
      },
    })
    await play()
    metrics = await (await fetch(`${bridge.url}/metrics`)).text()
    links = sandboxes.vendor.interviews().map(({ interviewLink }) => interviewLink)
    await bridge.stop()
  }, 120_000)
  afterAll(async () => {
    await bridge?.kill()
    await sandboxes?.close()
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
      const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
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
    expect(states.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'delivered written',
      'delivered written',
      'delivered written',
      'lapsed no-email',
      'dead name-mismatch',
    ])
    expect(await tell(aCandidate('Canarina', 'Wellensittich', 'kakadu@example.com'), 'wrong')).toMatchObject({
      status: 401,
    })
    const garbled = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"Canarina' }
    await fetch(`${bridge.url}/webhooks/greenhouse`, garbled)
    await fetch(`${bridge.url}/webhooks/canarina?name=vogelsang`, garbled)
    await api.get('/api/deliveries?q=canarina.vogelsang@example.com')
    await look()
  }

  const findings = (text: string, canaries: readonly string[]) =>
    canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))
  const everySecret = () => [...Object.values(secrets), ADMIN_PASSWORD]

  test('the output at the finest level holds no person, no secret and no link', () => {
    const output = bridge.output()
    expect(output).toContain('delivery attempted')
    expect(findings(output, [...people, ...everySecret(), ...links])).toEqual([])
  })

  test('the store, queue and all, holds no person and no secret', () => {
    expect(seen).toContain('dlv_')
    // The ledger is there to keep it, so a look that finds nothing at all would be noticed.
    expect(findings(seen, links)).not.toEqual([])
    expect(findings(seen, [...people, ...everySecret()])).toEqual([])
  })

  test('the metrics hold no person, no secret and no link', () => {
    expect(metrics).toContain('bridge_deliveries')
    expect(findings(metrics, [...people, ...everySecret(), ...links])).toEqual([])
  })
})
