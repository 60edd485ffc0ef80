import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

describe('a process asked to stop, with nothing at work', () => {
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
      // Its worker has reached the store.
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 30_000 }).toBe(200)
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
