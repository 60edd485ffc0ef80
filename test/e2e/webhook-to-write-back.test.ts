import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import type { StoreSettings } from '../../src/config/settings.ts'
import { SANDBOX_FIELD, SANDBOX_STAGE, SANDBOX_TAG } from '../../src/sandbox/settings.ts'
import { adminClient } from '../support/admin-client.ts'
import { type BridgeProcess, launchBridge, processFolder, startBridgeProcess } from '../support/bridge-process.ts'
import { freePort } from '../support/free-port.ts'
import { type PrivateStore, privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { startRedis } from '../support/redis-server.ts'
import {
  ADMIN_PASSWORD,
  type SandboxWorld,
  sandboxDocument,
  sandboxVariables,
  startSandboxWorld,
  storeVariables,
} from '../support/sandbox-world.ts'
import { deliveryIds } from '../support/sent.ts'
import { until } from '../support/until.ts'

/** Longer than an attempt may take, as the service itself has it, and what a container is given to stop. */
const STOP_WITHIN_MS = 75_000

describe('the process', () => {
  let sandboxes: SandboxWorld
  const cleanUp: (() => Promise<unknown> | unknown)[] = []

  beforeAll(async () => {
    sandboxes = await startSandboxWorld()
    return () => sandboxes.close()
  })
  afterEach(async () => {
    sandboxes.greenhouse.clearFaults()
    sandboxes.vendor.clearFaults()
    for (const clean of cleanUp.splice(0).reverse()) await clean()
  })

  /** Settings in files, as an operator has them. */
  const aFolder = (store: StoreSettings) => {
    const variables = Object.entries(sandboxVariables(sandboxes, store))
    const { dir, remove } = processFolder({
      '.env': variables.map(([name, value]) => `${name}='${value}'\n`).join(''),
      'bridge.yaml': sandboxDocument(sandboxes),
    })
    cleanUp.push(remove)
    return dir
  }
  const started = async (options: Parameters<typeof startBridgeProcess>[0]) => {
    const bridge = await startBridgeProcess(options)
    cleanUp.push(() => bridge.kill())
    return bridge
  }
  const launched = (options: Parameters<typeof launchBridge>[0]): BridgeProcess => {
    const bridge = launchBridge(options)
    cleanUp.push(() => bridge.kill())
    return bridge
  }
  const aStore = async (open: () => Promise<PrivateStore>): Promise<StoreSettings> => {
    const store = await open()
    cleanUp.push(() => store.remove())
    return store.settings
  }
  const environment = (store?: StoreSettings, changes: Readonly<Record<string, string>> = {}) => ({
    ...sandboxVariables(sandboxes, store),
    BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
    ...changes,
  })

  const aCandidate = (name: string) =>
    sandboxes.greenhouse.addCandidate({
      firstName: 'Amara',
      lastName: name,
      email: `amara.${name.toLowerCase()}@example.com`,
      job: 'Designer',
    })
  const linkOf = (email: string) => sandboxes.vendor.interviews().find((one) => one.email === email)?.interviewLink

  /** One candidate of each ATS, from the webhook sent to `url` to what stands in the ATS. */
  const carriesBoth = async (url: string, name: string) => {
    const { greenhouse, lever } = sandboxes
    const api = adminClient(url, ADMIN_PASSWORD)
    const { applicationId } = aCandidate(name)
    const email = `bjarne.${name.toLowerCase()}@example.com`
    const { opportunityId } = lever.addOpportunity({ name: `Bjarne ${name}`, email, posting: 'Engineer' })

    const told = await greenhouse.sendWebhook(
      `${url}/webhooks/greenhouse`,
      greenhouse.move(applicationId, SANDBOX_STAGE),
    )
    const toldLever = await lever.sendWebhook(`${url}/webhooks/lever`, lever.move(opportunityId, SANDBOX_STAGE))
    expect([told, toldLever]).toMatchObject([
      { status: 200, body: { status: 'queued' } },
      { status: 200, body: { status: 'queued' } },
    ])
    for (const id of [told, toldLever].flatMap(deliveryIds))
      expect(await api.settled(id)).toMatchObject({ state: 'delivered', reason: 'written' })

    const link = linkOf(`amara.${name.toLowerCase()}@example.com`)
    const [note, ...more] = greenhouse.notesOf(applicationId)
    expect(more).toEqual([])
    expect(String(note?.['body']).split('\n')).toContain(link)
    expect(greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(link)

    const leverLink = linkOf(email)
    const [text, ...others] = lever.noteTextsOf(opportunityId)
    expect(others).toEqual([])
    expect(text?.split('\n')).toContain(leverLink)
    expect(lever.linksOf(opportunityId)).toContain(leverLink)
    expect(lever.tagsOf(opportunityId)).toContain(SANDBOX_TAG)
  }

  test.each([
    ['Redis', 'Redfield', privateRedis],
    ['PostgreSQL', 'Postwell', () => privatePostgres(inject('postgresUrl'))],
    ['the embedded store', 'Embers', privateFolder],
  ] as const)('carries webhooks of both ATSs to their notes on %s, with settings from files', async (_, name, open) => {
    const dir = aFolder(await aStore(open))
    const bridge = await started({ dir, variables: {} })
    await carriesBoth(bridge.url, name)
    expect(await bridge.stop()).toEqual({ code: 0, signal: null })
  })

  test.each([
    ['Redis', 'Splitter', privateRedis],
    ['PostgreSQL', 'Twohands', () => privatePostgres(inject('postgresUrl'))],
  ] as const)('receives in one process and delivers in another on %s', async (_, name, open) => {
    const store = await aStore(open)
    const web = await started({ variables: environment(store, { ROLE: 'web' }) })
    const { applicationId } = aCandidate(`${name}-early`)
    const { greenhouse } = sandboxes
    const payload = greenhouse.move(applicationId, SANDBOX_STAGE)
    const [early = ''] = deliveryIds(await greenhouse.sendWebhook(`${web.url}/webhooks/greenhouse`, payload))
    const api = adminClient(web.url, ADMIN_PASSWORD)
    expect(await api.delivery(early)).toMatchObject({ state: 'queued' })

    const worker = await started({ variables: environment(store, { ROLE: 'worker' }) })
    expect(await api.settled(early)).toMatchObject({ state: 'delivered' })
    const refused = await fetch(`${worker.url}/webhooks/greenhouse`, { method: 'POST' })
    expect(refused.status).toBe(404)
    await carriesBoth(web.url, name)
    expect(await Promise.all([web.stop(), worker.stop()])).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ])
  })

  test('with wrong settings it lists every problem and ends with 2, before it listens', async () => {
    const port = await freePort()
    const document = sandboxDocument(sandboxes).replace('ats: lever', 'ats: leaver').replace('stage:', 'stagge:')
    const variables = environment(undefined, {
      PORT: String(port),
      ROLE: 'everything',
      RETENTION_DAYS: 'many',
      INTERVIEWFLOW_API_KEY: '',
      LEVER_API_KEY: '',
      BRIDGE_CONFIG_YAML: document,
    })
    const bridge = launched({ variables })
    expect(await bridge.ended).toEqual({ code: 2, signal: null })
    const output = bridge.output()
    for (const place of [
      'ROLE must be one of',
      'RETENTION_DAYS must be',
      'INTERVIEWFLOW_API_KEY is missing',
      'LEVER_API_KEY',
      'connections.lever.ats is not a known ATS',
      'stagge',
    ])
      expect(output).toContain(place)
    expect(output).not.toContain('listening')
    expect(output).not.toMatch(/^\s+at /m)
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  })

  test('without its PostgreSQL it says so in a sentence and ends with 1', async () => {
    const url = `postgres://bridge:canary-password@127.0.0.1:${await freePort()}/bridge`
    const bridge = launched({ variables: environment({ kind: 'postgres', url }, { LOG_LEVEL: 'silent' }) })
    expect(await bridge.ended).toEqual({ code: 1, signal: null })
    expect(bridge.output()).toMatch(
      /^The store cannot be used: cannot open the PostgreSQL database bridge at \S+: .+\n$/,
    )
    expect(bridge.output()).not.toContain('canary-password')
    expect(bridge.output()).not.toMatch(/^\s+at /m)
  })

  test('is refused an embedded folder that another process has open', async () => {
    const store = await aStore(privateFolder)
    const first = await started({ variables: environment(store) })
    const second = launched({ variables: environment(store, { LOG_LEVEL: 'silent' }) })
    expect(await second.ended).toEqual({ code: 1, signal: null })
    expect(second.output()).toContain(`is in use by process ${first.pid}: stop that process, or set another DATA_DIR`)
    expect(second.output()).not.toMatch(/^\s+at /m)
    await carriesBoth(first.url, 'Stays')
  })

  test.each([
    ['Redis', 'Rollins', privateRedis],
    ['PostgreSQL', 'Rolands', () => privatePostgres(inject('postgresUrl'))],
    ['the embedded store', 'Rolfe', privateFolder],
  ] as const)('SIGTERM while a create is on its way lets it end, on %s', async (_, name, open) => {
    const { greenhouse, vendor } = sandboxes
    const bridge = await started({ variables: environment(await aStore(open)) })
    vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 3_000 })
    const { applicationId } = aCandidate(name)
    await greenhouse.sendWebhook(`${bridge.url}/webhooks/greenhouse`, greenhouse.move(applicationId, SANDBOX_STAGE))
    const link = await until(() => linkOf(`amara.${name.toLowerCase()}@example.com`))

    const askedAt = performance.now()
    expect(await bridge.stop()).toEqual({ code: 0, signal: null })
    expect(performance.now() - askedAt).toBeLessThan(STOP_WITHIN_MS)
    expect(greenhouse.notesOf(applicationId).map(({ body }) => String(body))).toEqual([expect.stringContaining(link)])
    expect(greenhouse.fieldOf(applicationId, SANDBOX_FIELD)).toBe(link)
  })

  test('SIGTERM while its Redis is away ends it within the deadline', async () => {
    const redis = await startRedis()
    cleanUp.push(() => redis.stop())
    const bridge = await started({
      variables: environment(undefined, storeVariables({ kind: 'redis', url: redis.url })),
    })
    await redis.kill()
    const askedAt = performance.now()
    const { signal } = await bridge.stop()
    expect(signal).toBeNull()
    expect(performance.now() - askedAt).toBeLessThan(STOP_WITHIN_MS)
  })

  test('makes no call that an outside system does not know', () => {
    const { greenhouse, lever, vendor } = sandboxes
    expect([greenhouse, lever, vendor].flatMap((one) => one.unexpected())).toEqual([])
  })
})
