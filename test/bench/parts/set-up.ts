import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { startSandboxWorld } from '../../support/sandbox-world.ts'
import { addressFlags, answerAll } from '../../support/set-up-dialogue.ts'
import { startAtTerminal } from '../../support/terminal.ts'
import type { Bench, Part } from '../bench.ts'
import { measured, repeat } from '../harness.ts'

const PUBLIC_URL = 'https://bridge.example.com'

/** How long the wizard takes of itself, from its start to its end, with the answers typed as soon as it asks. */
export const setUp: Part = async (bench) => {
  const figures = []
  for (const ats of ['greenhouse', 'lever'] as const) {
    const values = await repeat(bench.sizes.rounds, async () => await once(bench, ats))
    figures.push(measured({ part: 'set-up', what: `the wizard for ${ats}`, unit: 'ms' }, values))
  }
  return figures
}

async function once({ dir, main }: Bench, ats: 'greenhouse' | 'lever'): Promise<number> {
  const world = await startSandboxWorld()
  world.greenhouse.addJob('Designer')
  world.lever.addOpportunity({ name: 'Amara Quillfeather', email: 'amara@example.com', posting: 'Designer' })
  const cwd = mkdtempSync(join(dir, 'set-up-'))
  const startedAt = performance.now()
  const terminal = startAtTerminal([process.execPath, main, 'setup', ...addressFlags(world, ats)], { cwd, env: {} })
  try {
    await answerAll(terminal, world, ats, PUBLIC_URL)
    const code = await terminal.ended()
    if (code !== 0) throw new Error(`the wizard ended with ${code}: ${terminal.shown()}`)
    return performance.now() - startedAt
  } finally {
    await terminal.close()
    await world.close()
  }
}
