import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { launchBridge, processFolder } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { until } from '../support/until.ts'

const cleanUp = cleanUpAfterEach()
const DEADLINE_MS = 50_000

/** Runs the demo with `--stay` and interrupts it once a pattern is in what it says. */
async function interruptAt(pattern: RegExp) {
  const { dir, remove } = processFolder()
  cleanUp(remove)
  const stores = () => readdirSync(dir).filter((name) => name.startsWith('interview-link-bridge-'))
  const demo = launchBridge({ variables: { TMPDIR: dir }, args: ['demo', '--stay'] })
  cleanUp(() => demo.kill())
  await until(() => pattern.test(demo.output()) || demo.hasEnded(), DEADLINE_MS)
  expect(stores()).toHaveLength(1)
  demo.signal('SIGINT')
  const { code } = await demo.ended
  return { code, said: demo.output(), stores: stores() }
}

test('the demo interrupted in the middle of a scene stops there, fails, and leaves nothing', async () => {
  // The tenth is told to come again in a second.
  const { code, said, stores } = await interruptAt(/^ 9 .*✓/m)
  expect(said).not.toMatch(/error|✗|stays up/i)
  expect([code, stores]).toEqual([1, []])
})

test('the demo interrupted once all is shown ends as its scenes did, and leaves nothing', async () => {
  const { code, said, stores } = await interruptAt(/stays up until Ctrl-C/)
  expect(said).not.toMatch(/error|✗/i)
  expect([code, stores]).toEqual([0, []])
})
