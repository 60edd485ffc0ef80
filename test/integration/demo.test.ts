import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchBridge, processFolder } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { heldOutput } from '../support/held-output.ts'
import { until } from '../support/until.ts'

const cleanUp = cleanUpAfterEach()

/** Runs the demo with `--stay` and interrupts it where it says something: it holds still there until it is interrupted. */
async function interruptAt(pattern: RegExp) {
  const { dir, remove } = processFolder()
  cleanUp(remove)
  const stores = () => readdirSync(dir).filter((name) => name.startsWith('interview-link-bridge-'))
  const interrupted = join(dir, 'interrupted')
  const variables = { TMPDIR: dir, ...heldOutput(pattern, interrupted) }
  const demo = launchBridge({ variables, args: ['demo', '--stay'] })
  cleanUp(() => demo.kill())
  await until(() => pattern.test(demo.output()) || demo.hasEnded())
  expect(stores()).toHaveLength(1)
  demo.signal('SIGINT')
  writeFileSync(interrupted, '')
  const { code } = await demo.ended
  return { code, said: demo.output(), stores: stores() }
}

test('the demo interrupted in the middle of a scene stops there, fails, and leaves nothing', async () => {
  const { code, said, stores } = await interruptAt(/^ 9 .*✓/m)
  expect(said).not.toMatch(/error|✗|stays up/i)
  expect([code, stores]).toEqual([1, []])
})

test('the demo interrupted once all is shown ends as its scenes did, and leaves nothing', async () => {
  const { code, said, stores } = await interruptAt(/stays up until Ctrl-C/)
  expect(said).not.toMatch(/error|✗/i)
  expect([code, stores]).toEqual([0, []])
})
