import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { WrongKeyError } from '../../src/domain/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { launchBridge } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { type PrivateStore, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { startRedis } from '../support/redis-server.ts'
import { sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'
import { dumpPostgres, dumpRedis } from '../support/store-dump.ts'
import { until } from '../support/until.ts'
import { aSubject, at } from './store-contract/samples.ts'

const afterwards = cleanUpAfterEach()
const stores: readonly (readonly [string, () => Promise<PrivateStore>, (url: string) => Promise<string>])[] = [
  ['Redis', privateRedis, dumpRedis],
  ['PostgreSQL', () => privatePostgres(inject('postgresUrl')), dumpPostgres],
]
const [first, second, foreign] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const interview = (interviewId: string) => ({
  interviewId,
  link: `https://interviewflowai.com/i/${interviewId}`,
  createdAt: 1,
})

/** The facts follow each other, as the years do: in clear, sealed, the key changed, the old one dropped. */
describe.each(stores)('the ledger on %s', (_name, make, dump) => {
  let place: PrivateStore
  beforeAll(async () => {
    place = await make()
  })
  afterAll(async () => await place?.remove())

  const dumped = async () => await dump(place.settings.kind === 'embedded' ? '' : place.settings.url)
  const opened = async <T>(
    keys: readonly Buffer[],
    look: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>,
  ) => {
    const store = await openStore(place.settings, keys)
    try {
      return await look(store)
    } finally {
      await store.close()
    }
  }
  let hashKey: Buffer

  test('without a key is kept in clear', async () => {
    hashKey = await opened([], async ({ ledger }) => {
      await ledger.keepInterview(aSubject(), at('p1'), interview('one'))
      return await ledger.hashKey()
    })
    const held = await dumped()
    expect(held).toContain('interviewflowai.com/i/one')
    expect(held).toContain(hashKey.toString('hex'))
  })

  test('is sealed, what was in clear too, once there is a key: a leaked store gives away neither links nor hashes', async () => {
    await opened([first], async ({ ledger }) => {
      await ledger.keepInterview(aSubject(), at('p2'), interview('two'))
      await expect(ledger.hashKey()).resolves.toEqual(hashKey)
      await expect(ledger.findInterview('p1')).resolves.toMatchObject({ interview: interview('one') })
      await expect(ledger.findInterview('p2')).resolves.toMatchObject({ interview: interview('two') })
      await expect(ledger.keepInterview(aSubject(), at('p2'), interview('late'))).resolves.toEqual(interview('two'))
    })
    const held = await dumped()
    expect(held).toContain('sealed.')
    for (const clear of ['interviewflowai.com', '"one"', '"two"', hashKey.toString('hex')])
      expect(held).not.toContain(clear)
  })

  test.each([
    ['another key', [foreign]],
    ['no key', []],
  ])('does not open with %s, and nothing is written beside it', async (_which, keys) => {
    const before = await dumped()
    await expect(openStore(place.settings, keys)).rejects.toThrow(WrongKeyError)
    expect(await dumped()).toBe(before)
  })

  test('opens with an earlier key behind the new one, and needs the new one alone from then on', async () => {
    await opened([second, first], async ({ ledger }) => {
      await expect(ledger.findInterview('p1')).resolves.toMatchObject({ interview: interview('one') })
    })
    await opened([second], async ({ ledger }) => {
      await expect(ledger.hashKey()).resolves.toEqual(hashKey)
      await expect(ledger.findInterview('p1')).resolves.toMatchObject({ interview: interview('one') })
      await expect(ledger.findInterview('p2')).resolves.toMatchObject({ interview: interview('two') })
    })
    await expect(openStore(place.settings, [first])).rejects.toThrow(WrongKeyError)
  })

  test('what a replica keeps that still seals with the earlier key is sealed anew at the next start', async () => {
    await opened([first, second], async ({ ledger }) => {
      await ledger.keepInterview(aSubject(), at('p3'), interview('three'))
    })
    await expect(openStore(place.settings, [second])).rejects.toThrow(WrongKeyError)
    await opened([second, first], async () => undefined)
    await opened([second], async ({ ledger }) => {
      await expect(ledger.findInterview('p3')).resolves.toMatchObject({ interview: interview('three') })
    })
  })
})

describe('a bridge started while its Redis is away', () => {
  /** One whose Redis, sealed with the first key, comes back once it listens. */
  async function startedWith(...keys: readonly Buffer[]) {
    const sandboxes = await startSandboxWorld()
    afterwards(() => sandboxes.close())
    const server = await startRedis()
    afterwards(() => server.stop())
    const settings = { kind: 'redis', url: server.url } as const
    await (await openStore(settings, [first])).close()
    await server.kill()
    const variables = {
      ...sandboxVariables(sandboxes, settings),
      BRIDGE_CONFIG_YAML: sandboxDocument(sandboxes),
      ENCRYPTION_KEY: keys.map((key) => key.toString('hex')).join(),
    }
    const bridge = launchBridge({ variables })
    afterwards(() => bridge.kill())
    await bridge.listening()
    await server.restart()
    return { bridge, settings }
  }

  test('ends as it would have at the start once Redis is back, if its key is wrong', async () => {
    const { bridge } = await startedWith(foreign)
    await expect(bridge.ended).resolves.toEqual({ code: 2, signal: null })
    expect(bridge.output()).toContain('what the store holds was sealed with another ENCRYPTION_KEY')
    expect(bridge.output()).toContain('give ENCRYPTION_KEY the key it was sealed with')
  })

  test('seals anew once Redis is back', async () => {
    const { bridge, settings } = await startedWith(second, first)
    await until(async () => {
      await (await openStore(settings, [second])).close()
      return true
    })
    expect(bridge.hasEnded()).toBe(false)
  })
})
