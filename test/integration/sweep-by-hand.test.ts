import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SANDBOX_STAGE, sandboxRoute } from '../../src/sandbox/settings.ts'
import { openStore } from '../../src/store/open-store.ts'
import { addCandidate, addOpportunity } from '../support/people.ts'
import { type PrivateStore, privateFolder, privateRedis } from '../support/private-stores.ts'
import { sandboxDocument, sandboxVariables, storeVariables } from '../support/sandbox-world.ts'
import { until } from '../support/until.ts'
import { startWorld, type World } from '../support/world.ts'
import { bridge } from '../unit/cli/process.ts'

describe('bridge sweep', () => {
  let store: PrivateStore
  let world: World

  beforeEach(async () => {
    store = await privateRedis()
    // As before somebody added the route at Greenhouse.
    world = await startWorld(store.settings, { settings: { routes: [sandboxRoute('lever')] } })
  })
  afterEach(async () => {
    await world?.close()
    await store?.remove()
  })
  const variables = () => ({
    ...sandboxVariables(world),
    ...storeVariables(store.settings),
    BRIDGE_CONFIG_YAML: sandboxDocument(world),
  })
  const sweep = (...args: string[]) => bridge(['sweep', ...args], variables())
  const written = () => world.greenhouse.calls.filter(({ committed, operation }) => committed && operation !== 'token')

  test('says who it would be and changes nothing, then queues them for the running service', async () => {
    const { greenhouse, api } = world
    const { applicationId } = addCandidate(world)
    greenhouse.move(applicationId, SANDBOX_STAGE)
    const dry = await sweep('--since', '7d', '--dry-run')
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toMatch(
      new RegExp(`^  application ${applicationId}  AI Interview  entered \\d{4}-.+Z  would be queued$`, 'm'),
    )
    expect(dry.stdout).toContain('1 delivery would be queued. Nothing was changed.')
    expect(await api.counts()).toMatchObject({ queued: 0, delivered: 0 })
    expect(written()).toEqual([])

    await world.startReplica({ routes: [sandboxRoute('lever'), sandboxRoute('greenhouse')] })
    await world.bridge.stop()
    const real = await sweep('--since', '7d')
    expect(real).toMatchObject({ code: 0, stderr: '' })
    expect(real.stdout).toMatch(/queued as dlv_[0-9a-f]+$/m)
    expect(real.stdout).toContain('1 delivery queued.')
    await until(() => greenhouse.notesOf(applicationId).length === 1)
    expect((await sweep('--since', '7d')).stdout).toContain('No deliveries queued.')
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
  })

  test('asks one connection alone, and no further back than told', async () => {
    const { greenhouse, lever } = world
    greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)
    const { opportunityId } = addOpportunity(world)
    lever.move(opportunityId, SANDBOX_STAGE)
    const { code, stdout } = await sweep('--connection', 'lever')
    expect(code).toBe(0)
    expect(stdout).toContain(`application ${opportunityId}`)
    expect(stdout).not.toContain('greenhouse')
    expect(greenhouse.calls).toEqual([])
  })

  test('finds nobody who has been told of', async () => {
    const { api } = world
    const { opportunityId } = addOpportunity(world)
    const sent = await world.lever.sendWebhook(world.hook('lever'), world.lever.move(opportunityId, SANDBOX_STAGE))
    expect(sent.status).toBe(200)
    await api.quiet()
    const { stdout } = await sweep('--connection', 'lever')
    expect(stdout).toContain('1 application looked at')
    expect(stdout).toContain('No deliveries queued.')
  })

  test('seals nothing with a key that the running service does not have yet, and refuses one that does not fit', async () => {
    const [key, foreign] = [randomBytes(32), randomBytes(32)]
    const withKey = async (one: Buffer, ...args: string[]) =>
      await bridge(['sweep', ...args], { ...variables(), ENCRYPTION_KEY: one.toString('hex') })
    expect(await withKey(key, '--dry-run')).toMatchObject({ code: 0, stderr: '' })
    expect(await withKey(key)).toMatchObject({ code: 0, stderr: '' })
    await (await openStore(store.settings)).close()

    await world.bridge.stop()
    await (await openStore(store.settings, [key])).close()
    const refused = await withKey(foreign, '--dry-run')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('what the store holds was sealed with another ENCRYPTION_KEY')
  })

  test('goes on to the next connection where one cannot be asked, and ends with 1', async () => {
    const { greenhouse, lever } = world
    const { opportunityId } = addOpportunity(world)
    lever.move(opportunityId, SANDBOX_STAGE)
    greenhouse.fault({ kind: 'error-request', status: 403, operation: 'list-job-interview-stages' })
    const { code, stdout, stderr } = await sweep()
    expect(code).toBe(1)
    expect(stderr).toMatch(/^greenhouse was not asked to the end\. The ATS does not let our key do this\. Grant /m)
    expect(stdout).toContain(`application ${opportunityId}`)
  })

  test.each([
    [['--since', 'yesterday'], '--since takes a length of time such as 90m, 48h, 7d or 2w, not "yesterday".'],
    [['--connection', 'leever'], 'There is no connection "leever" in bridge.yaml. Did you mean lever?'],
    [['--dryrun'], 'There is no flag --dryrun. Did you mean --dry-run?'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await sweep(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(`${message}\nSee: bridge sweep --help\n`)
  })

  test('says plainly that the embedded store belongs to the running service, and works once it has stopped', async () => {
    const { greenhouse } = world
    const folder = await privateFolder()
    const { DATA_DIR = '' } = storeVariables(folder.settings)
    const embedded = async () =>
      await bridge(['sweep'], {
        ...sandboxVariables(world),
        ...storeVariables(folder.settings),
        BRIDGE_CONFIG_YAML: sandboxDocument(world),
      })
    try {
      const service = await openStore(folder.settings)
      const refused = await embedded()
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr).toContain(`is in use by process ${process.pid}: stop that process`)
      await service.close()
      greenhouse.move(addCandidate(world).applicationId, SANDBOX_STAGE)
      const where = `1 delivery queued in ${DATA_DIR}: the service that uses this folder delivers.`
      expect(await embedded()).toMatchObject({ code: 0, stdout: expect.stringContaining(where) })
    } finally {
      await folder.remove()
    }
  })
})
