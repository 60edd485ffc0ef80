import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
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
import { shiftedClock } from '../support/shifted-clock.ts'

const HOUR = 3_600_000

const makers: [string, () => Promise<PrivateStore>][] = [
  ['Redis', privateRedis],
  ['PostgreSQL', async () => await privatePostgres(inject('postgresUrl'))],
]

describe.each(makers)('a machine whose clock is an hour ahead, on %s', (_name, make) => {
  let place: PrivateStore
  let sandboxes: SandboxWorld
  const running: BridgeProcess[] = []

  beforeAll(async () => {
    ;[place, sandboxes] = await Promise.all([make(), startSandboxWorld()])
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((bridge) => bridge.kill()))
  })
  afterAll(async () => {
    await sandboxes?.close()
    await place?.remove()
  })

  const start = async (aheadMs: number) => {
    const document = { BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes) }
    const own = { ...sandboxVariables(sandboxes, place.settings), ...document }
    const bridge = await startBridgeProcess({ variables: { ...own, ...shiftedClock(aheadMs) } })
    running.push(bridge)
    return { ...bridge, api: adminClient(bridge.url, ADMIN_PASSWORD) }
  }
  const moveIn = async (url: string) => {
    const { greenhouse } = sandboxes
    const email = `${crypto.randomUUID()}@example.com`
    const { applicationId } = greenhouse.addCandidate({ firstName: 'Amara', lastName: 'Ito', email, job: 'Designer' })
    const sent = await greenhouse.sendWebhook(
      `${url}/webhooks/greenhouse`,
      greenhouse.move(applicationId, SANDBOX_STAGE),
    )
    return deliveryIds(sent)[0] ?? `no delivery: ${sent.status}`
  }

  test('is warned of, and does not show in what it writes down', async () => {
    const ahead = await start(HOUR)
    expect(ahead.output()).toContain('the store’s clock differs from this machine’s')
    const metrics = await (await fetch(`${ahead.url}/metrics`)).text()
    const seconds = Number(/^bridge_store_clock_ahead_seconds (\S+)$/m.exec(metrics)?.[1])
    expect(Math.round(seconds / 60)).toBe(-60)

    const { receivedAt } = await ahead.api.delivery(await moveIn(ahead.url))
    expect(Math.abs(Date.parse(receivedAt) - Date.now())).toBeLessThan(HOUR / 2)
  })

  test('makes nobody wait for an hour when the ATS has told it to wait for a minute', async () => {
    const ahead = await start(HOUR)
    sandboxes.greenhouse.fault({ kind: 'rate-limit', operation: 'list-applications', retryAfterS: 60 })
    await ahead.api.retrying(await moveIn(ahead.url))
    await ahead.stop()

    const right = await start(0)
    expect(right.output()).not.toContain('the store’s clock differs')
    const { reason, nextAttemptAt } = await right.api.retrying(await moveIn(right.url))
    expect(reason).toBe('rate-limited')
    expect(Date.parse(String(nextAttemptAt)) - Date.now()).toBeLessThan(HOUR / 2)
  })
})
