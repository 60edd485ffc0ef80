import { startBridgeProcess } from '../../support/bridge-process.ts'
import { sandboxDocument, sandboxVariables, startSandboxWorld } from '../../support/sandbox-world.ts'
import { openFaultStore } from '../fault-store.ts'
import type { Scenario } from '../scenario.ts'
import { emptyTally } from '../tally.ts'

export const f27: Scenario = {
  id: 'F27',
  title: 'a second process on the embedded folder, and the lock of a killed one',
  run: async (context) => {
    const [sandboxes, store] = await Promise.all([startSandboxWorld(), openFaultStore('embedded', false)])
    const variables = {
      ...sandboxVariables(sandboxes, store.settings),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
    }
    const problems: string[] = []
    const rounds = context.scaled(20)
    try {
      for (let round = 0; round < rounds; round += 1) {
        const first = await startBridgeProcess({ variables })
        const second = startBridgeProcess({ variables })
        const refusal = await second.then(
          async (bridge) => {
            await bridge.kill()
            return 'it was let in'
          },
          (error: Error) => error.message,
        )
        const wanted = `is in use by process ${first.pid}: stop that process, or set another DATA_DIR`
        if (!refusal.includes(wanted)) problems.push(`the second process was not refused: ${refusal}`)
        if (first.hasEnded()) problems.push('the first process ended when the second came')
        // The next round takes the folder over from a killed process, or fails.
        await first.kill()
      }
      return { ...emptyTally, events: rounds, faults: rounds * 2, problems }
    } finally {
      await Promise.all([sandboxes.close(), store.remove()])
    }
  },
}
