import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readChoice } from '../../../src/cli/replay/read-choice.ts'
import { FakeHttp } from '../../support/fake-http.ts'
import { bridge } from './process.ts'

const settings = {
  INTERVIEWFLOW_API_KEY: 'a-key',
  BRIDGE_CONFIG_YAML: `
connections:
  main: { ats: lever, signingTokens: [token], apiKey: key }
routes:
  - { connection: main, stage: AI Interview, interviewer: 5a4d0c1e-1f2b-4c3d-8e4f-0123456789ab }
`,
}
const withPassword = { ...settings, ADMIN_PASSWORD: 'canary-password' }
const dead = ['--state', 'dead', '--yes']

describe('bridge replay', () => {
  test('tells how it is used', async () => {
    const { code, stdout } = await bridge(['replay', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: bridge replay <delivery id> …')
  })

  test.each([
    [[], 'Which ones? Give ids of deliveries, or --state dead or --state lapsed.'],
    [['--state', 'dead', '--dryrun'], 'There is no flag --dryrun. Did you mean --dry-run?'],
    [['--state', 'dead'], 'There is no terminal to ask at: add --yes to have them tried again, or --dry-run'],
    [[...dead, '--follow', 'long'], '--follow must be a whole number'],
    [[...dead, '--url', 'localhost'], '--url must be an address'],
    [[...dead, '--connection', 'mian'], 'There is no connection "mian" in bridge.yaml. Did you mean main?'],
    [[...dead, '--url', 'http://0.0.0.0:1'], 'The admin password would go to 0.0.0.0 in clear: give an address'],
  ])('refuses %j', async (args, expected) => {
    const { code, stdout, stderr } = await bridge(['replay', ...args], withPassword)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/\nSee: bridge replay --help\n$/)
    expect(stderr).not.toContain('canary')
  })

  test('needs the admin password, and says so', async () => {
    const { code, stderr } = await bridge(['replay', 'dlv_0'], settings)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^ {2}ADMIN_PASSWORD is not set, and without it the service has no admin API/m)
  })

  test.each([[['dlv_0']], [dead], [['--state', 'lapsed', '--dry-run']]])(
    'says in a sentence that the service is not there: %j',
    async (args) => {
      const { code, stdout, stderr } = await bridge(['replay', ...args, '--url', 'http://127.0.0.1:2'], withPassword)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe(
        'The service cannot be reached: nothing listens there (ECONNREFUSED). Start it, or give its address by --url.\n',
      )
    },
  )
})

describe('bridge replay tells of what the service answers', () => {
  let service: FakeHttp
  beforeEach(async () => {
    service = await FakeHttp.start()
  })
  afterEach(async () => {
    await service.close()
    service.assertDone()
  })
  const replay = (...args: readonly string[]) =>
    bridge(['replay', ...args, '--url', `${service.baseUrl}/`], withPassword)
  const many = { more: true, ids: Array(998).fill('dlv_0'), skipped: 2, lastTurnAt: '2026-01-31T08:33:18.000Z' }

  test('that there are more than one call takes', async () => {
    service.expect('POST /api/deliveries/replay', { json: many })
    const { code, stdout } = await replay(...dead)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        '998 deliveries put back in line. 2 had changed meanwhile and were left alone.\n' +
        'There are more; these are the newest 1,000. Run it again for the rest.\n',
    })
    expect(service.calls.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ state: 'dead', dryRun: false }])
  })

  test('that there are more, and turns to come', async () => {
    service.expect('POST /api/deliveries/replay', { json: many })
    const { stdout } = await replay(...dead, '--per-minute', '30')
    expect(stdout).toContain('The last one has its turn at 2026-01-31T08:33:18.000Z.\n')
    expect(stdout).toContain('Run it again for the rest, once that turn has come.\n')
  })

  test('page by page whom a dry run is about, and who has changed while it was read', async () => {
    const item = { connection: 'main', applicationId: 'app-1', stageId: 's', stageName: null, state: 'dead' }
    const page = (id: string, nextCursor: string | null) => ({
      json: { items: [{ ...item, id, reason: 'vendor-refused', updatedAt: '2026-01-31T08:00:00.000Z' }], nextCursor },
    })
    const counted = { ids: ['dlv_3', 'dlv_2', 'dlv_1'], more: false, skipped: 0 }
    service.expect('POST /api/deliveries/replay', { json: counted })
    service.expect('GET /api/deliveries', page('dlv_3', 'next'))
    service.expect('GET /api/deliveries', page('dlv_1', null))
    const { code, stdout } = await replay('--state', 'dead', '--reason', 'vendor-refused', '--dry-run')
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      '  dlv_3  main application app-1  s  dead (vendor-refused) since 2026-01-31T08:00:00.000Z',
      '  dlv_1  main application app-1  s  dead (vendor-refused) since 2026-01-31T08:00:00.000Z',
      '  dlv_2  has changed meanwhile',
      '',
      '3 deliveries would be tried again. Nothing was changed.',
      '',
    ])
    expect(service.seen('GET /api/deliveries').map(({ query }) => Object.fromEntries(query))).toEqual([
      { state: 'dead', reason: 'vendor-refused', limit: '200', cursor: '' },
      { state: 'dead', reason: 'vendor-refused', limit: '200', cursor: 'next' },
    ])
  })

  test.each([
    [{ status: 503, json: { error: { message: 'The store does not answer.' } } }, 'The store does not answer.'],
    [{ status: 404, json: { status: 'not-found' } }, 'The service has no admin API: start it with ADMIN_PASSWORD set.'],
    [{ text: '<html>' }, 'What answers there is not the bridge’s admin API (status 200). Give its address by --url.'],
    [
      { status: 307, headers: { location: '/elsewhere' } },
      'What answers there is not the bridge’s admin API (status 307).',
    ],
  ])('why it is not done: %j', async (answer, expected) => {
    service.expect('POST /api/deliveries/dlv_0/replay', answer)
    const { code, stdout, stderr } = await replay('dlv_0', 'dlv_1')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^.*\n$/)
    expect(stderr).toContain(expected)
  })
})

describe('which deliveries are meant', () => {
  const now = Date.parse('2026-01-31T08:00:00Z')
  const ofDead = (flags: object) => readChoice([], { state: 'dead', ...flags }, now)

  test.each([
    ['2h', '2026-01-31T06:00:00.000Z'],
    ['2026-01-30T23:59Z', '2026-01-30T23:59:00.000Z'],
    ['2026-01-30T23:59:59.5Z', '2026-01-30T23:59:59.500Z'],
  ])('--before %s is told to the service as a time', (before, expected) => {
    expect(ofDead({ before })?.filter).toEqual({ state: 'dead', before: expected })
  })

  test.each([
    [{ state: 'delivered' }, '--state takes dead or lapsed, not "delivered".'],
    [{ reason: 'vendor-refsed' }, 'No delivery is dead for a reason "vendor-refsed". Did you mean vendor-refused?'],
    [{ reason: 'bad-luck' }, 'There is interviewer-not-found, vendor-refused, '],
    [{ reason: 'moved-on' }, 'Deliveries are lapsed for it: --state lapsed.'],
    [{ before: 'yesterday' }, '--before takes a length of time such as 90m, 48h, 7d or 2w, not "yesterday".'],
    [{ before: '2026-02-31T08:00:00Z' }, '--before takes a time in UTC such as 2026-01-31T08:00:00Z'],
    [{ before: '2026-01-31T08:00:00' }, '--before takes a time in UTC'],
    [{ 'per-minute': '0' }, '--per-minute must be a whole number from 1 to 1000.'],
  ])('refuses %j', (flags, expected) => {
    expect(() => ofDead(flags)).toThrow(expected)
  })

  test('ids are ids, and nothing beside them says who else is meant', () => {
    expect(readChoice(['dlv_0', 'dlv_1'], {}, now)).toBeUndefined()
    expect(() => readChoice(['dead'], {}, now)).toThrow('"dead" is no id of a delivery: those begin with dlv_.')
    expect(() => readChoice(['dlv_0'], { 'dry-run': true }, now)).toThrow('--dry-run does not go with ids')
  })
})
