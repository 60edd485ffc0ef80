import { describe, expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'
import { bridge } from './process.ts'

const document = `
connections:
  main: { ats: lever, signingTokens: [token], apiKey: key }
routes:
  - { connection: main, stage: AI Interview, interviewer: aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee }
`

describe('the command line', () => {
  test('an unknown flag is refused with the help to look at', async () => {
    const { code, stdout, stderr } = await bridge(['--bogus'])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toBe('There is no flag --bogus.\nSee: bridge serve --help\n')
  })

  test('hints are commands that can be typed where npm runs it', async () => {
    const { stderr } = await bridge(['--bogus'], { npm_package_name: 'interview-link-bridge' })
    expect(stderr).toContain('See: npm run bridge -- serve --help')
  })

  test('a flag nearly right is refused with the right one', async () => {
    const { code, stderr } = await bridge(['serve', '--hepl'])
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean --help?')
  })

  test('an unknown command is refused with the nearest one', async () => {
    const { code, stderr } = await bridge(['srve'])
    expect(code).toBe(2)
    expect(stderr).toBe('There is no command "srve". Did you mean serve?\nSee: bridge --help\n')
  })

  test('a name that every object has is no command', async () => {
    const { code, stderr } = await bridge(['constructor'])
    expect(code).toBe(2)
    expect(stderr).toContain('There is no command "constructor".')
  })

  test('--help lists every command', async () => {
    const { code, stdout } = await bridge(['--help'])
    expect(code).toBe(0)
    for (const [name, { summary }] of Object.entries(commands)) {
      expect(stdout).toContain(name)
      expect(stdout).toContain(summary)
    }
  })

  test.each(['serve', 'demo', 'setup', 'doctor', 'simulate', 'replay', 'sweep'])('has the command %s', (name) => {
    expect(Object.keys(commands)).toContain(name)
  })

  test('a command’s --help shows the help of that command alone, and runs nothing', async () => {
    const { code, stdout, stderr } = await bridge(['serve', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: bridge serve')
    expect(stderr).toBe('')
  })

  test('--version tells the version of the package', async () => {
    const { code, stdout } = await bridge(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('without a command and settings, every problem is listed and the exit code is 2', async () => {
    const { code, stdout, stderr } = await bridge([], { PORT: 'x' })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('3 configuration problems:')
    expect(stderr).toMatch(/^ {2}PORT must be/m)
    expect(stderr).toMatch(/^ {2}INTERVIEWFLOW_API_KEY is missing/m)
    expect(stderr).toMatch(/^ {2}BRIDGE_CONFIG names .*bridge\.yaml/m)
    expect(stderr).not.toContain('    at ')
  })

  test('a store that is not there is told in a sentence, and the exit code is 1', async () => {
    const { code, stderr } = await bridge(['serve'], {
      INTERVIEWFLOW_API_KEY: 'a-key',
      DATABASE_URL: 'postgres://bridge:canary@127.0.0.1:1/bridge',
      BRIDGE_CONFIG_YAML: document,
    })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The store cannot be used: .+\n$/)
    expect(stderr).not.toContain('canary')
  })
})
