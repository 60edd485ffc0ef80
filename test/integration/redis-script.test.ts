import { afterAll, beforeAll, expect, it } from 'vitest'
import { StoreUnavailableError } from '../../src/domain/errors.ts'
import { CorkedRedis } from '../../src/store/corked-redis.ts'
import { openStore } from '../../src/store/open-store.ts'
import { parseInfo } from '../../src/store/redis-info.ts'
import { defineScript } from '../../src/store/redis-script.ts'
import { type PrivateStore, privateRedis } from '../support/private-stores.ts'
import { until } from '../support/until.ts'
import { aSubject } from './store-contract/samples.ts'

let place: PrivateStore
let redis: CorkedRedis

beforeAll(async () => {
  place = await privateRedis()
  redis = new CorkedRedis(urlOf(place))
})

afterAll(async () => {
  redis.disconnect()
  await place.remove()
})

function urlOf({ settings }: PrivateStore): string {
  if (settings.kind !== 'redis') throw new Error('Redis is needed')
  return settings.url
}

/** The connections of the server, each with its last command. */
function parseClients(list: string): { id: string; command: string }[] {
  return [...list.matchAll(/^id=(\d+) .* cmd=(\S+)/gm)].map(([, id = '', command = '']) => ({ id, command }))
}

/** How many scripts the server has run. */
async function scriptsRun(): Promise<number> {
  const stats = parseInfo(await redis.info('commandstats'))
  const calls = ['cmdstat_eval', 'cmdstat_evalsha'].map((name) => /calls=(\d+)/.exec(stats.get(name) ?? '')?.[1])
  return calls.reduce((sum, count) => sum + Number(count ?? 0), 0)
}

it('calls of one turn leave as one command, and each is answered as if it were alone', async () => {
  const append = defineScript(redis, 'testAppend', 'turn:', "return redis.call('APPEND', KEYS[1] .. ARGV[1], ARGV[2])")
  await append('first', '')
  const before = await scriptsRun()
  await expect(Promise.all([append('a', '12'), append('b', '1234'), append('a', '3')])).resolves.toEqual([2, 4, 3])
  await expect(scriptsRun()).resolves.toBe(before + 1)
})

it('more calls than a script is to carry leave as several', async () => {
  const echo = defineScript(redis, 'testMany', 'many:', 'return ARGV[1]')
  await echo('first')
  const before = await scriptsRun()
  const texts = Array.from({ length: 101 }, (_, index) => `no. ${index}`)
  await expect(Promise.all(texts.map((text) => echo(text)))).resolves.toEqual(texts)
  await expect(scriptsRun()).resolves.toBe(before + 3)
})

it('a call that fails leaves its neighbours alone', async () => {
  await redis.set('kind:text', 'not a list')
  const push = defineScript(redis, 'testPush', 'kind:', "return redis.call('RPUSH', KEYS[1] .. ARGV[1], ARGV[2])")
  const [before, failed, after] = await Promise.allSettled([push('list', 'x'), push('text', 'x'), push('list', 'y')])
  expect([before, after]).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'fulfilled', value: 2 },
  ])
  expect(failed).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('WRONGTYPE') } })
})

it('nothing, a number and a text of any characters come as they are', async () => {
  const echo = defineScript(
    redis,
    'testEcho',
    'echo:',
    "redis.call('SET', KEYS[1], ARGV[1] .. '') return ARGV[2] and redis.call('GET', KEYS[1])",
  )
  const text = 'Zoë “quoted” \\ \n \0 𝄞'
  await expect(
    Promise.all([echo('x'), echo(Number.MAX_SAFE_INTEGER, ''), echo(text, ''), echo('half \ud800', '')]),
  ).resolves.toEqual([null, '9007199254740991', text, 'half \ufffd'])
})

it('a server that has become a replica is left for the one that is found in its place', async () => {
  const store = await openStore(place.settings)
  const intend = () =>
    store.ledger.markWritten(aSubject(), { connection: 'c', applicationId: '1', routeId: 'r' }, 'note', 1)
  const clients = async () => parseClients((await redis.client('LIST')) as string)
  try {
    await intend()
    const before = (await clients()).filter(({ command }) => /^eval/.test(command)).map(({ id }) => id)
    expect(before).toHaveLength(1)
    await redis.replicaof('127.0.0.1', '1')
    await expect(intend()).rejects.toThrow(StoreUnavailableError)
    await redis.replicaof('NO', 'ONE')
    await until(
      async () =>
        await intend().then(
          () => true,
          () => false,
        ),
    )
    const now = (await clients()).map(({ id }) => id)
    expect(now).not.toContain(before[0])
  } finally {
    await redis.replicaof('NO', 'ONE')
    await store.close()
  }
})
