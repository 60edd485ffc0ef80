import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { adminClient } from '../support/admin-client.ts'
import { type BridgeProcess, processFolder, startBridgeProcess } from '../support/bridge-process.ts'
import { type PrivateStore, privatePostgres, privateRedis } from '../support/private-stores.ts'
import {
  ADMIN_PASSWORD,
  type SandboxWorld,
  sandboxDocument,
  sandboxVariables,
  startSandboxWorld,
} from '../support/sandbox-world.ts'
import { deliveryIds } from '../support/sent.ts'
import { type SeenSpan, startTraceCollector, type TraceCollector } from '../support/trace-collector.ts'
import { untilTaken } from '../support/until-taken.ts'

const SERVER = 2
const CLIENT = 3
const CONSUMER = 5

const stores: readonly (readonly [string, () => Promise<PrivateStore>])[] = [
  ['Redis', privateRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
]

describe.each(stores)('the traces of a bridge on %s', (_name, openPrivate) => {
  let store: PrivateStore
  let sandboxes: SandboxWorld
  let collector: TraceCollector
  let folder: ReturnType<typeof processFolder>
  let bridge: BridgeProcess & { readonly url: string }
  let deliveries: readonly string[] = []
  let replayed = ''
  let refusals = 0

  beforeAll(async () => {
    store = await openPrivate()
    sandboxes = await startSandboxWorld()
    collector = await startTraceCollector({ 'x-team': 'a b', authorization: 'Basic abc=' })
    // From the file, where OpenTelemetry itself would not find it.
    const headers = 'OTEL_EXPORTER_OTLP_HEADERS="x-team=a%20b, authorization=Basic%20abc%3D"'
    folder = processFolder({ '.env': `OTEL_EXPORTER_OTLP_ENDPOINT=${collector.url}/\n${headers}\n` })
    bridge = await startBridgeProcess({
      variables: {
        ...sandboxVariables(sandboxes, store.settings),
        BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      },
      dir: folder.dir,
    })
    await play()
    await bridge.stop()
  }, 120_000)
  afterAll(async () => {
    await bridge?.kill()
    folder?.remove()
    await collector?.close()
    await sandboxes?.close()
    await store?.remove()
  })

  /** 20 people moved at once, so that their deliveries are queued together; a retried one; a dead one, replayed. */
  async function play(): Promise<void> {
    const { greenhouse, vendor } = sandboxes
    const api = adminClient(bridge.url, ADMIN_PASSWORD)
    const tell = async (number: number) => {
      const person = { firstName: 'Amara', lastName: 'Quillfeather', email: `traced-${number}@example.com` }
      const { applicationId } = greenhouse.addCandidate({ ...person, job: 'Designer' })
      const moved = greenhouse.move(applicationId, SANDBOX_STAGE)
      const url = `${bridge.url}/webhooks/greenhouse?name=quillfeather`
      const sent = await untilTaken(() => greenhouse.sendWebhook(url, moved))
      refusals += sent.refusals
      return sent
    }
    vendor.fault({ kind: 'error-request', operation: 'create' })
    const sent = await Promise.all(Array.from({ length: 20 }, (_, number) => tell(number)))
    deliveries = sent.flatMap(deliveryIds)
    for (const id of deliveries) expect(await api.settled(id)).toMatchObject({ state: 'delivered' })

    vendor.fault({ kind: 'error-request', operation: 'create', status: 404 })
    const [dead = ''] = deliveryIds(await tell(20))
    expect(await api.settled(dead)).toMatchObject({ state: 'dead' })
    await api.post(`/api/deliveries/${dead}/replay`)
    expect(await api.settled(dead)).toMatchObject({ state: 'delivered' })
    replayed = dead
    const forged = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect((await fetch(`${bridge.url}/webhooks/greenhouse`, forged)).status).toBe(401)
    for (const path of ['/healthz', '/metrics', '/readyz', '/resumes/quillfeather', '/admin', '/api/deliveries'])
      await api.get(path).catch(() => undefined)
  }

  const attemptsOf = (id: string) =>
    collector.spans.filter(({ kind, attributes }) => kind === CONSUMER && attributes['bridge.delivery'] === id)
  const traceOf = ({ traceId }: SeenSpan) => collector.spans.filter((span) => span.traceId === traceId)
  const webhook = { name: 'POST /webhooks/:connection', kind: SERVER, parentSpanId: undefined }

  test('are as the protocol wants them, with the headers that were asked for', () => {
    expect(collector.faults).toEqual([])
    expect(collector.spans.length).toBeGreaterThan(40)
  })

  test('lead each delivery, in a trace of its own, from its webhook over every attempt to the note', () => {
    const traces = new Set<string>()
    for (const id of deliveries) {
      const attempts = attemptsOf(id)
      const [{ traceId } = { traceId: '' }] = attempts
      traces.add(traceId)
      expect(new Set(attempts.map((span) => span.traceId))).toEqual(new Set([traceId]))
      const trace = collector.spans.filter((span) => span.traceId === traceId)
      const [root, ...roots] = trace.filter((span) => span.parentSpanId === undefined)
      expect(root).toMatchObject(webhook)
      expect(roots).toEqual([])
      expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual(attempts.map(() => root?.spanId))
      expect(attempts.at(-1)?.attributes).toMatchObject({ 'bridge.state': 'delivered', 'bridge.reason': 'written' })
      const calls = trace.filter(({ kind }) => kind === CLIENT)
      expect(calls.map(({ attributes }) => attributes['bridge.operation'])).toEqual(
        expect.arrayContaining(['create', 'create/notes']),
      )
      const ids = new Set(attempts.map(({ spanId }) => spanId))
      expect(calls.filter(({ parentSpanId = '' }) => !ids.has(parentSpanId))).toEqual([])
    }
    expect(traces.size).toBe(deliveries.length)
  })

  test('hold the attempt that failed, and the call for which it did', () => {
    const failed = collector.spans.filter(
      ({ kind, attributes }) => kind === CONSUMER && attributes['bridge.state'] === 'retrying',
    )
    expect(failed).toHaveLength(1)
    const [attempt] = failed
    expect(attempt?.attributes).toMatchObject({ 'bridge.reason': 'vendor-unavailable', 'bridge.attempt': 1 })
    const calls = collector.spans.filter(({ parentSpanId }) => parentSpanId === attempt?.spanId)
    expect(calls.filter(({ hasFailed }) => hasFailed).map(({ attributes }) => attributes)).toEqual([
      { 'bridge.target': 'interviewflow', 'bridge.operation': 'create', 'bridge.code': '500' },
    ])
  })

  test('begin anew when a person tries a dead delivery again', () => {
    const [first, second] = attemptsOf(replayed)
    expect(first).toMatchObject({ hasFailed: true, attributes: { 'bridge.state': 'dead' } })
    if (!first || !second) throw new Error('two attempts')
    expect(traceOf(first).find(({ parentSpanId }) => parentSpanId === undefined)).toMatchObject(webhook)
    expect(traceOf(second).find(({ parentSpanId }) => parentSpanId === undefined)).toMatchObject({
      name: 'POST /api/deliveries/:id/replay',
      kind: SERVER,
    })
  })

  test('hold nothing else: no read, no stranger, no chore of the queue', () => {
    const names = new Set(collector.spans.filter(({ kind }) => kind !== CLIENT).map(({ name }) => name))
    expect([...names].sort()).toEqual([
      'POST /api/deliveries/:id/replay',
      'POST /webhooks/:connection',
      'add deliveries.deliver',
      'process deliveries',
    ])
    const statuses = collector.spans.map(({ attributes }) => attributes['http.response.status_code'])
    expect(statuses.filter((status) => status === 503)).toHaveLength(refusals)
    expect(new Set(statuses.filter((status) => status !== 503))).toEqual(new Set([200, undefined]))
    const told = new Set(collector.spans.flatMap(({ attributes }) => Object.keys(attributes)))
    expect([...told].sort()).toEqual([
      'bridge.attempt',
      'bridge.code',
      'bridge.connection',
      'bridge.delivery',
      'bridge.operation',
      'bridge.reason',
      'bridge.state',
      'bridge.target',
      'bullmq.job.id',
      'bullmq.queue.name',
      'bullmq.queue.operation',
      'http.request.method',
      'http.response.status_code',
      'http.route',
    ])
  })

  test('tell nobody outside of them', () => {
    const calls = [...sandboxes.greenhouse.calls, ...sandboxes.vendor.calls]
    expect(calls.length).toBeGreaterThan(40)
    for (const { headerNames } of calls) expect(headerNames).not.toContain('traceparent')
  })

  test('hold no address with what was asked in it', () => {
    expect(collector.bodies.join('').toLowerCase()).not.toContain('quillfeather')
  })
})

test('a collector that is not there holds up neither a delivery nor the stop, and the log says so once', async () => {
  const store = await privateRedis()
  const sandboxes = await startSandboxWorld()
  const gone = await startTraceCollector()
  await gone.close()
  const bridge = await startBridgeProcess({
    variables: {
      ...sandboxVariables(sandboxes, store.settings),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      OTEL_EXPORTER_OTLP_ENDPOINT: gone.url,
    },
  })
  try {
    const { greenhouse } = sandboxes
    const person = { firstName: 'Amara', lastName: 'Quillfeather', email: 'untraced@example.com', job: 'Designer' }
    const moved = greenhouse.move(greenhouse.addCandidate(person).applicationId, SANDBOX_STAGE)
    const [id = ''] = deliveryIds(
      await untilTaken(() => greenhouse.sendWebhook(`${bridge.url}/webhooks/greenhouse`, moved)),
    )
    const delivered = await adminClient(bridge.url, ADMIN_PASSWORD).settled(id)
    expect(delivered).toMatchObject({ state: 'delivered' })
    expect(await bridge.stop()).toEqual({ code: 0, signal: null })
    expect(bridge.output().split('traces are not taken')).toHaveLength(2)
  } finally {
    await bridge.kill()
    await sandboxes.close()
    await store.remove()
  }
})

const recorder = new URL('../support/record-modules.ts', import.meta.url).href

describe('the modules that a bridge loads', () => {
  let store: PrivateStore
  let sandboxes: SandboxWorld

  beforeAll(async () => {
    store = await privateRedis()
    sandboxes = await startSandboxWorld()
  })
  afterAll(async () => {
    await sandboxes?.close()
    await store?.remove()
  })

  /** Packages of a process that has delivered one link. */
  async function loadedBy(variables: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const folder = processFolder()
    const file = join(folder.dir, 'modules.txt')
    const bridge = await startBridgeProcess({
      variables: {
        ...sandboxVariables(sandboxes, store.settings),
        BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
        NODE_OPTIONS: `--import=${recorder}?${new URLSearchParams({ file })}`,
        ...variables,
      },
      dir: folder.dir,
    })
    try {
      const { greenhouse } = sandboxes
      const { applicationId } = greenhouse.addCandidate({
        ...{ firstName: 'Amara', lastName: 'Quillfeather', job: 'Designer' },
        email: `loaded-${Object.keys(variables).length}@example.com`,
      })
      const moved = greenhouse.move(applicationId, SANDBOX_STAGE)
      const sent = await untilTaken(() => greenhouse.sendWebhook(`${bridge.url}/webhooks/greenhouse`, moved))
      const [id = ''] = deliveryIds(sent)
      await adminClient(bridge.url, ADMIN_PASSWORD).settled(id)
      await bridge.stop()
      const urls = readFileSync(file, 'utf8').split('\n')
      const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
      return [...new Set(packages)].filter((name) => /opentelemetry|otel/.test(name)).sort()
    } finally {
      await bridge.kill()
      folder.remove()
    }
  }

  test('have nothing of OpenTelemetry but the interface that prom-client brings, unless traces are wanted', async () => {
    expect(await loadedBy({})).toEqual(['@opentelemetry/api'])
    const collector = await startTraceCollector()
    try {
      expect(await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })).toEqual(
        expect.arrayContaining(['@opentelemetry/sdk-trace', 'bullmq-otel']),
      )
    } finally {
      await collector.close()
    }
  })
})
