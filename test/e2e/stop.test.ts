import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SANDBOX_STAGE } from '../../src/sandbox/settings.ts'
import { launchBridge } from '../support/bridge-process.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { type SandboxWorld, sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'

/** What a container is given to stop. */
const STOP_WITHIN_MS = 75_000

const stores = {
  Redis: { kind: 'redis', start: startRedis },
  PostgreSQL: { kind: 'postgres', start: startPostgres },
} as const

describe('a process asked to stop, with a delivery at work', () => {
  let sandboxes: SandboxWorld

  beforeAll(async () => {
    sandboxes = await startSandboxWorld()
  })
  afterAll(async () => {
    await sandboxes?.close()
  })

  test.each([
    ['Redis', 'frozen'],
    ['PostgreSQL', 'frozen'],
    ['PostgreSQL', 'gone'],
  ] as const)('ends within its deadline while its %s is %s', async (name, trouble) => {
    const { greenhouse, vendor } = sandboxes
    const { kind, start } = stores[name]
    const server = await start()
    const bridge = launchBridge({
      variables: {
        ...sandboxVariables(sandboxes, { kind, url: server.url }),
        BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      },
    })
    try {
      const url = await bridge.listening()
      vendor.fault({ kind: 'delay-reply', operation: 'create', delayMs: 2_000 })
      const creates = () => vendor.calls.filter(({ operation }) => operation === 'create').length
      const before = creates()
      const email = `stop-${kind}-${trouble}@example.com`
      const { applicationId } = greenhouse.addCandidate({
        firstName: 'Ines',
        lastName: 'Featherstone',
        email,
        job: 'Cook',
      })
      await greenhouse.sendWebhook(`${url}/webhooks/greenhouse`, greenhouse.move(applicationId, SANDBOX_STAGE))
      await expect.poll(creates, { timeout: 30_000 }).toBe(before + 1)

      if (trouble === 'frozen') server.freeze()
      else await server.kill()
      const askedAt = performance.now()
      const { signal } = await bridge.stop()
      expect(signal).toBeNull()
      expect(performance.now() - askedAt).toBeLessThan(STOP_WITHIN_MS)
    } finally {
      await bridge.kill()
      server.thaw()
      await server.stop()
    }
  })
})
