import { expect, test } from 'vitest'
import { startBridgeProcess } from '../support/bridge-process.ts'
import { privateRedis } from '../support/private-stores.ts'
import { sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'

/** Without it V8 has 16 MB and more for young objects once all modules are loaded. */
const AFTER_START_BYTES = 8 * 2 ** 20

test('a bridge whose Node has --expose-gc gives back what its start has used', async () => {
  const store = await privateRedis()
  const sandboxes = await startSandboxWorld()
  const bridge = await startBridgeProcess({
    variables: {
      ...sandboxVariables(sandboxes, store.settings),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      NODE_OPTIONS: '--expose-gc',
    },
  })
  try {
    const metrics = await (await fetch(`${bridge.url}/metrics`)).text()
    const [, young] = /^bridge_nodejs_heap_space_size_total_bytes\{space="new"\} (\d+)$/m.exec(metrics) ?? []
    expect(Number(young)).toBeLessThan(AFTER_START_BYTES)
  } finally {
    await bridge.kill()
    await sandboxes.close()
    await store.remove()
  }
})
