import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { processFolder } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { addCandidate, addOpportunity, moveIn, moveInAtLever } from '../support/people.ts'
import { sandboxDocument, sandboxVariables } from '../support/sandbox-world.ts'
import { keys, startAtTerminal } from '../support/terminal.ts'
import { useWorld } from '../support/use-world.ts'
import { bridge } from '../unit/cli/process.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const cleanUp = cleanUpAfterEach()

describe('bridge replay', () => {
  const world = useWorld()
  /** Dead for the same reason, oldest first; the last is at Lever. */
  let dead: readonly string[]
  let applicationIds: readonly number[]

  beforeEach(async () => {
    await world.api.post('/api/deliveries/replay', { state: 'dead' })
    await world.api.quiet()
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 422, times: 3 })
    const people = [addCandidate(world), addCandidate(world)]
    applicationIds = people.map(({ applicationId }) => applicationId)
    const ids: string[] = []
    for (const id of applicationIds) ids.push(await died(moveIn(world, id)))
    dead = [...ids, await died(moveInAtLever(world, addOpportunity(world).opportunityId))]
  })

  async function died(moved: Promise<string>): Promise<string> {
    const id = await moved
    expect(await world.api.settled(id)).toMatchObject({ state: 'dead', reason: 'vendor-refused' })
    return id
  }
  const variables = () => ({
    ...sandboxVariables(world),
    ADMIN_PASSWORD: world.settings.adminPassword ?? '',
    BRIDGE_CONFIG_YAML: sandboxDocument(world),
  })
  const address = () => ['--url', world.bridge.url]
  const replay = (...args: readonly string[]) => bridge(['replay', ...args, ...address()], variables())
  const statesOf = async (ids: readonly string[]) =>
    await Promise.all(ids.map(async (id) => (await world.api.delivery(id)).state))
  const notes = () => applicationIds.map((id) => world.greenhouse.notesOf(id).length)

  test('has those of the ids given tried again, and tells what becomes of each from there on', async () => {
    const [first = '', second = '', last] = dead
    const { code, stdout, stderr } = await replay(second, first)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/^ {4}dlv_.*\n.*tried again by hand/gm)).toHaveLength(2)
    expect(stdout.match(/✓ delivered \(written\)/g)).toHaveLength(2)
    expect(stdout).not.toContain('received')
    expect(await statesOf([first, second, last ?? ''])).toEqual(['delivered', 'delivered', 'dead'])
    expect(notes()).toEqual([1, 1])
  })

  test('goes on after one that cannot be tried again, and ends with 1', async () => {
    const [first = ''] = dead
    const { code, stdout, stderr } = await replay('dlv_0', first)
    expect(code).toBe(1)
    expect(stderr).toBe('dlv_0: There is no delivery with this id.\n')
    expect(stdout).toContain('✓ delivered (written)')
    const again = await replay(first)
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toContain('Only a dead or lapsed delivery can be tried again; this one is delivered.')
  })

  test('says of one that dies again what to do, and ends with 1', async () => {
    world.vendor.fault({ kind: 'error-request', operation: 'create', status: 422 })
    const { code, stdout } = await replay(dead[0] ?? '')
    expect(code).toBe(1)
    expect(stdout).toContain('✗ dead (vendor-refused): InterviewFlowAI refused the request. Check the name and e-mail')
  })

  test('a dry run lists who it would be, newest first, and changes nothing', async () => {
    const { code, stdout, stderr } = await replay('--state', 'dead', '--reason', 'vendor-refused', '--dry-run')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.match(/dlv_\w+/g)).toEqual(dead.toReversed())
    expect(stdout).toMatch(
      new RegExp(
        `^  ${dead[0]}  greenhouse application ${applicationIds[0]}  AI Interview  dead \\(vendor-refused\\) since \\d{4}-`,
        'm',
      ),
    )
    expect(stdout).toContain('3 deliveries would be tried again. Nothing was changed.')
    expect(await statesOf(dead)).toEqual(['dead', 'dead', 'dead'])
    expect(notes()).toEqual([0, 0])
  })

  test('in bulk delivers all that fit, once each, and nobody else', async () => {
    const { code, stdout, stderr } = await replay('--state', 'dead', '--connection', 'greenhouse', '--yes')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '2 deliveries put back in line.\n', stderr: '' })
    await world.api.quiet()
    expect(await statesOf(dead)).toEqual(['delivered', 'delivered', 'dead'])
    expect(notes()).toEqual([1, 1])
    const none = await replay('--state', 'dead', '--connection', 'greenhouse', '--yes')
    expect(none).toMatchObject({ code: 0, stdout: 'No dead delivery fits. Nothing was changed.\n' })
  })

  test('follows many where that is wished', async () => {
    const { code, stdout } = await replay('--state', 'dead', '--yes', '--follow', '60')
    expect(code).toBe(0)
    expect(stdout.match(/✓ delivered \(written\)/g)).toHaveLength(3)
  })

  test('takes what has stood there long enough, and nothing younger', async () => {
    expect((await replay('--state', 'dead', '--before', '1h', '--yes')).stdout).toContain('No dead delivery fits.')
    const { updatedAt } = await world.api.delivery(dead[0] ?? '')
    const { stdout } = await replay('--state', 'dead', '--before', updatedAt, '--dry-run')
    expect(stdout.match(/dlv_\w+/g)).toEqual([dead[0]])
  })

  test('spread over time, says when the last one has its turn', async () => {
    const { stdout } = await replay('--state', 'dead', '--per-minute', '1', '--yes')
    const [, at = ''] = /^3 deliveries put back in line\. The last one has its turn at (\S+)\.$/m.exec(stdout) ?? []
    expect(Date.parse(at) - Date.now()).toBeGreaterThan(60_000)
    for (const id of dead.slice(1)) {
      const { nextAttemptAt, ats: connection, candidateId } = await world.api.delivery(id)
      expect(Date.parse(nextAttemptAt ?? '')).toBeGreaterThan(Date.now())
      await world.api.post('/api/candidates/forget', { connection, candidateId })
    }
  })

  describe('at a terminal', () => {
    function atTerminal() {
      const { dir, remove } = processFolder()
      cleanUp(remove)
      const command = [process.execPath, main, 'replay', '--state', 'dead', ...address()]
      const terminal = startAtTerminal(command, { cwd: dir, env: variables() })
      cleanUp(() => terminal.close())
      return terminal
    }

    test('says how many, asks, and leaves alone what dies while it waits for the answer', async () => {
      const terminal = atTerminal()
      await terminal.answer(/Try 3 deliveries again\?/)
      world.vendor.fault({ kind: 'error-request', operation: 'create', status: 422 })
      const later = await died(moveIn(world, addCandidate(world).applicationId))
      await terminal.answer(/^/, 'y')
      expect(await terminal.ended(), terminal.shown()).toBe(0)
      expect(terminal.shown()).toContain('3 deliveries put back in line.')
      await world.api.quiet()
      expect(await statesOf([...dead, later])).toEqual(['delivered', 'delivered', 'delivered', 'dead'])
    })

    test.each([
      ['no', keys.enter, 1, 'Nothing was changed.'],
      ['Ctrl-C', keys.ctrlC, 130, 'Stopped. Nothing was changed.'],
    ])('changes nothing after %s', async (_, key, code, said) => {
      const terminal = atTerminal()
      await terminal.answer(/Try 3 deliveries again\?/, key)
      expect(await terminal.ended(), terminal.shown()).toBe(code)
      expect(terminal.shown()).toContain(said)
      expect(await statesOf(dead)).toEqual(['dead', 'dead', 'dead'])
    })
  })

  test.each([[['--state', 'dead', '--yes']], [['dlv_0', 'dlv_1']]])(
    'says once that the password is another, and changes nothing: %j',
    async (args) => {
      const wrong = { ...variables(), ADMIN_PASSWORD: 'canary-password' }
      const { code, stdout, stderr } = await bridge(['replay', ...args, ...address()], wrong)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe('The service has another ADMIN_PASSWORD than the one here: restart it, or correct .env.\n')
      expect(await statesOf(dead)).toEqual(['dead', 'dead', 'dead'])
    },
  )
})
