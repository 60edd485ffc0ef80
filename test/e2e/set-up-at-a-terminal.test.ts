import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { launchBridge, processFolder, startBridgeProcess } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { freePort } from '../support/free-port.ts'
import { type SandboxWorld, startSandboxWorld } from '../support/sandbox-world.ts'
import { addressFlags, answerAll } from '../support/set-up-dialogue.ts'
import { keys, startAtTerminal, type Terminal } from '../support/terminal.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const cleanUp = cleanUpAfterEach()

async function place(): Promise<{ readonly world: SandboxWorld; readonly dir: string }> {
  const world = await startSandboxWorld()
  cleanUp(() => world.close())
  const { dir, remove } = processFolder()
  cleanUp(remove)
  return { world, dir }
}

/** Starts the wizard where a person would: without naming an ATS. */
function wizard(dir: string, flags: readonly string[]): Terminal {
  const terminal = startAtTerminal([process.execPath, main, 'setup', ...flags], { cwd: dir, env: {} })
  cleanUp(() => terminal.close())
  return terminal
}

const subjects = {
  greenhouse: ({ greenhouse }: SandboxWorld) => {
    const person = { firstName: 'Amara', lastName: 'Quillfeather', email: 'amara@example.com' }
    const { applicationId } = greenhouse.addCandidate({ ...person, job: 'Designer', stage: 'AI Interview' })
    return { id: String(applicationId), notes: () => greenhouse.notesOf(applicationId).length }
  },
  lever: ({ lever }: SandboxWorld) => {
    const person = { name: 'Amara Quillfeather', email: 'amara@example.com' }
    const { opportunityId } = lever.addOpportunity({ ...person, posting: 'Designer', stage: 'AI Interview' })
    return { id: opportunityId, notes: () => lever.notesOf(opportunityId).length }
  },
}

describe('a set-up typed at a terminal', () => {
  test.each(['greenhouse', 'lever'] as const)('of %s makes a service that delivers', async (ats) => {
    const { world, dir } = await place()
    const subject = subjects[ats](world)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const terminal = wizard(dir, addressFlags(world, ats))
    await answerAll(terminal, world, ats, url)
    expect(await terminal.ended(), terminal.shown()).toBe(0)
    expect(terminal.shown()).toContain(`${url}/webhooks/${ats}`)
    expect(terminal.shown()).toContain('To check everything: bridge doctor')

    const bridge = await startBridgeProcess({ variables: { PORT: String(port), HOST: '127.0.0.1' }, dir })
    cleanUp(() => bridge.stop())
    const simulate = launchBridge({ variables: {}, dir, args: ['simulate', '--application', subject.id, '--url', url] })
    const { code } = await simulate.ended
    expect(simulate.output()).toContain('✓ delivered (written)')
    expect(code).toBe(0)
    expect(subject.notes()).toBe(1)
  })

  test('shows no secret, and asks again for one that is refused', async () => {
    const { world, dir } = await place()
    const terminal = wizard(dir, addressFlags(world, 'greenhouse'))
    await terminal.answer(/Which ATS\?/, keys.enter)
    await terminal.answer(/Address under which/, keys.enter)
    await terminal.answer(/InterviewFlowAI’s API key/, 'a-wrong-key', keys.enter)
    await terminal.answer(/refuses this key \(401\).*API key/s, world.vendor.apiKey, keys.enter)
    await terminal.answer(/accepts the key.*Client id/s, keys.ctrlC)
    await terminal.ended()
    expect(terminal.shown()).not.toContain('a-wrong-key')
    expect(terminal.shown()).not.toContain(world.vendor.apiKey)
  })

  test('stopped with Ctrl-C says what is written and how to go on, and goes on there', async () => {
    const { world, dir } = await place()
    const { enter } = keys
    const first = wizard(dir, addressFlags(world, 'greenhouse'))
    await first.answer(/Which ATS\?/, enter)
    await first.answer(/Address under which/, enter)
    await first.answer(/API key/, world.vendor.apiKey, enter)
    await first.answer(/Client id/, world.greenhouse.credential.clientId, enter)
    await first.answer(/Client secret/, world.greenhouse.credential.clientSecret, enter)
    await first.answer(/Id of the Greenhouse user/, enter)
    await first.answer(/every job\?/, keys.ctrlC)
    expect(await first.ended()).toBe(130)
    expect(first.shown()).toContain('Stopped.')
    expect(first.shown()).toContain('Written so far: .env. Go on with: bridge setup')
    const secretBefore = readFileSync(join(dir, '.env'), 'utf8')

    const second = wizard(dir, addressFlags(world, 'greenhouse'))
    await second.answer(/Which ATS\?/, enter)
    await second.answer(/Address under which/, enter)
    await second.answer(/Id of the Greenhouse user/, keys.ctrlC)
    await second.ended()
    expect(second.shown()).not.toContain('Client id')
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe(secretBefore)
  })
})
