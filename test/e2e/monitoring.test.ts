import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { type BridgeProcess, startBridgeProcess } from '../support/bridge-process.ts'
import { alertRules, dashboardQueries } from '../support/monitoring-files.ts'
import { type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { type SandboxWorld, sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'
import type { TestServer } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const DEAD = 6

interface Rule {
  readonly name: string
  readonly health: 'ok' | 'err' | 'unknown'
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
}

describe('a Prometheus that scrapes the process', () => {
  let redis: TestServer
  let sandboxes: SandboxWorld
  let bridge: BridgeProcess & { readonly url: string }
  let prometheus: PrometheusServer

  beforeAll(async () => {
    ;[redis, sandboxes] = await Promise.all([startRedis(), startSandboxWorld()])
    bridge = await startBridgeProcess({
      variables: {
        ...sandboxVariables(sandboxes, { kind: 'redis', url: redis.url }),
        BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      },
    })
    prometheus = await startPrometheus(new URL(bridge.url).host)
  })
  afterAll(async () => {
    await Promise.all([prometheus?.stop(), bridge?.kill()])
    await Promise.all([sandboxes?.close(), redis?.stop()])
  })

  const sampleOf = async (query: string) => {
    const { result } = await prometheus.ask<{ result: { value: [number, string] }[] }>('query', { query })
    return result[0] && Number(result[0].value[1])
  }

  test('takes every sample, and loads every rule without a fault', async () => {
    await until(async () => (await sampleOf('up{job="bridge"}')) === 1)
    const rules = await until(async () => {
      const { groups } = await prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules')
      const loaded = groups.flatMap((group) => group.rules)
      return loaded.every(({ health }) => health !== 'unknown') && loaded
    })
    expect(rules.map(({ name, health }) => ({ name, health }))).toEqual(
      alertRules().map(({ alert }) => ({ name: alert, health: 'ok' })),
    )
    expect(await sampleOf('scrape_samples_scraped{job="bridge"}')).toBeGreaterThan(500)
  })

  test('answers every question of the dashboard', async () => {
    for (const query of dashboardQueries())
      await expect(prometheus.ask('query', { query }), query).resolves.toHaveProperty('result')
  })

  test('fires when deliveries die, and says where they are', async () => {
    const { greenhouse, vendor } = sandboxes
    // An increase is seen from what was scraped before.
    await until(async () => (await sampleOf('sum(bridge_deliveries_finished_total{state="dead"})')) === 0)
    vendor.fault({ kind: 'error-request', operation: 'create', status: 404, times: DEAD })
    for (let n = 1; n <= DEAD; n += 1) {
      const email = `amara-${n}@example.com`
      const { applicationId } = greenhouse.addCandidate({
        ...{ firstName: 'Amara', lastName: `Quillfeather ${n}`, email, job: 'Designer' },
      })
      await greenhouse.sendWebhook(`${bridge.url}/webhooks/greenhouse`, greenhouse.move(applicationId, SANDBOX_STAGE))
    }
    const fired = await until(async () => {
      const { alerts } = await prometheus.ask<{ alerts: Alert[] }>('alerts')
      return alerts.find(({ labels, state }) => labels['alertname'] === 'DeadMany' && state === 'firing')
    })
    expect(fired.labels).toEqual({
      ...{ alertname: 'DeadMany', severity: 'page' },
      ...{ connection: 'greenhouse', reason: 'interviewer-not-found' },
    })
    expect(fired.annotations).toMatchObject({
      summary: expect.stringMatching(/^greenhouse: \d+ deliveries died within 15 minutes \(interviewer-not-found\)\.$/),
      runbook_url: 'src/docs/reasons.md#interviewer-not-found',
      dashboard_url: 'http://localhost:3000/admin/deliveries?state=dead&reason=interviewer-not-found',
    })
    await until(async () => (await sampleOf('max by (connection) (bridge_deliveries{state="dead"})')) === DEAD)
  })

  test('sees the store go, and come back', async () => {
    await until(async () => (await sampleOf('bridge_store_up')) === 1)
    await redis.kill()
    await until(async () => (await sampleOf('bridge_store_up')) === 0)
    await until(async () => (await sampleOf('count(bridge_deliveries) or vector(0)')) === 0)
    expect(await sampleOf('up{job="bridge"}')).toBe(1)
    await redis.restart()
    await until(async () => (await sampleOf('max by (connection) (bridge_deliveries{state="dead"})')) === DEAD)
  })
})
