import { describe, expect, test } from 'vitest'
import { bridge } from './process.ts'

const document = `
connections:
  main: { ats: lever, signingTokens: [token], apiKey: key }
  other: { ats: greenhouse, webhookSecrets: [s], clientId: c-1, clientSecret: s }
routes:
  - { connection: main, stage: AI Interview, interviewer: 5a4d0c1e-1f2b-4c3d-8e4f-0123456789ab }
`
const settings = { INTERVIEWFLOW_API_KEY: 'a-key', BRIDGE_CONFIG_YAML: document }

describe('bridge setup without a terminal', () => {
  test('names every answer that is missing, asks nothing, and exits with 2', async () => {
    const { code, stdout, stderr } = await bridge(['setup', 'greenhouse', '--stage', 'X'])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(
      'these are needed: --interviewer; --secrets with INTERVIEWFLOW_API_KEY, GREENHOUSE_CLIENT_ID, GREENHOUSE_CLIENT_SECRET.',
    )
  })

  test('takes the name of the connection into the names of the variables', async () => {
    const { stderr } = await bridge(['setup', 'lever', '--connection', 'lever-eu'])
    expect(stderr).toContain('LEVER_EU_API_KEY, LEVER_EU_SIGNING_TOKEN')
    const numbered = await bridge(['setup', 'lever', '--connection', '2nd'])
    expect(numbered.stderr).toContain('_2ND_API_KEY, _2ND_SIGNING_TOKEN')
  })

  test.each([
    [['setup', 'levr'], 'There is no ATS "levr". Did you mean lever?'],
    [['setup', 'lever', '--connection', 'A B'], '--connection becomes a part of the webhook’s address'],
    [['setup', 'lever', '--secrets', '/nowhere/at-all'], '--secrets: /nowhere/at-all cannot be read.'],
    [
      ['setup', 'lever', '--field', 'none', '--user-id', '1'],
      '--user-id, --field: only for greenhouse, not for lever.',
    ],
    [['setup', 'greenhouse', '--tag', 'x', '--link'], '--link, --tag: only for lever, not for greenhouse.'],
    [['setup', '--stge', 'x'], 'There is no flag --stge. Did you mean --stage?'],
  ])('refuses %j', async (args, expected) => {
    const { code, stderr } = await bridge(args)
    expect(code).toBe(2)
    expect(stderr).toContain(expected)
  })
})

describe('bridge simulate', () => {
  test.each([
    [['--kind', 'ping'], '--connection is needed: main or other.'],
    [['--connection', 'mian'], 'There is no connection "mian"; did you mean "main"?'],
    [['--connection', 'main', '--kind', 'stage-chnge'], 'Did you mean stage-change?'],
    [['--connection', 'main', '--kind', 'ping'], 'There is stage-change, connection-test, archived, deleted.'],
    [['--connection', 'main'], '--application is needed for stage-change'],
    [['--connection', 'other', '--kind', 'anonymized', '--candidate', '1'], 'if that is meant, add --yes'],
    [['--connection', 'other', '--kind', 'merged', '--candidate', '1', '--yes'], '--into is needed'],
    [['--connection', 'main', '--url', 'localhost'], '--url must be an address'],
    [['--connection', 'main', '--follow', '0'], '--follow must be a whole number'],
    [['--port', '4010'], '--port goes with --sandbox.'],
  ])('refuses %j', async (args, expected) => {
    const { code, stderr } = await bridge(['simulate', ...args], settings)
    expect(code).toBe(2)
    expect(stderr).toContain(expected)
  })

  // An address that is not this machine's, and refuses at once.
  const elsewhere = ['simulate', '--connection', 'main', '--url', 'http://0.0.0.0:1']

  test('sends nothing where the admin password would then go in clear', async () => {
    const { code, stdout, stderr } = await bridge([...elsewhere, '--application', '1'], {
      ...settings,
      ADMIN_PASSWORD: 'canary',
    })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('The admin password would go to 0.0.0.0 in clear')
  })

  test('sends what is not followed, and so needs no password, in clear as well', async () => {
    const { stdout } = await bridge([...elsewhere, '--kind', 'connection-test'], {
      ...settings,
      ADMIN_PASSWORD: 'canary',
    })
    expect(stdout).toContain('--> main connection-test')
  })

  test('says in a sentence that the service is not there', async () => {
    const args = ['simulate', '--connection', 'main', '--kind', 'connection-test', '--url', 'http://127.0.0.1:1']
    const { code, stdout } = await bridge(args, settings)
    expect(code).toBe(1)
    expect(stdout).toContain('✗ The service cannot be reached: ')
  })
})

describe('bridge doctor', () => {
  test('lists every problem of the settings, and exits with 2', async () => {
    const { code, stderr } = await bridge(['doctor'], { PORT: 'x' })
    expect(code).toBe(2)
    expect(stderr).toContain('3 configuration problems:')
  })

  test('tells the same as JSON if that is asked for', async () => {
    const { code, stdout } = await bridge(['doctor', '--json'], { PORT: 'x' })
    expect(code).toBe(2)
    const findings = JSON.parse(stdout) as { check: string; status: string }[]
    expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual(Array(3).fill('settings fail'))
  })

  test('prints the schema without any settings', async () => {
    const { code, stdout } = await bridge(['doctor', '--schema'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', required: ['connections', 'routes'] })
  })
})
