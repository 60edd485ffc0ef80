import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { sandboxInterviewer } from '../../src/sandbox/interviewflow.ts'
import { openStore } from '../../src/store/open-store.ts'
import { launchBridge, processFolder, startBridgeProcess } from '../support/bridge-process.ts'
import { cleanUpAfterEach } from '../support/clean-up.ts'
import { freePort } from '../support/free-port.ts'
import { privateFolder, privatePostgres, privateRedis } from '../support/private-stores.ts'
import { type SandboxWorld, sandboxDocument, sandboxVariables, startSandboxWorld } from '../support/sandbox-world.ts'
import { until } from '../support/until.ts'

const cleanUp = cleanUpAfterEach()

async function world(): Promise<SandboxWorld> {
  const sandboxes = await startSandboxWorld()
  cleanUp(() => sandboxes.close())
  sandboxes.greenhouse.addJob('Designer')
  return sandboxes
}

function folder(files: Readonly<Record<string, string>> = {}): string {
  const { dir, remove } = processFolder(files)
  cleanUp(remove)
  return dir
}

const lines = (variables: Readonly<Record<string, string>>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

/** Runs a command to its end. */
async function command(dir: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const process = launchBridge({ variables: {}, dir, args })
  const { code } = await process.ended
  return { code, output: process.output() }
}

type Findings = readonly { check: string; status: string; message: string; fix: string | null }[]

/** Runs it again, as it says, while one of its checks has got no answer in time. */
async function doctor(dir: string): Promise<{ code: number | null; findings: Findings; failed: readonly string[] }> {
  return await until(async () => {
    const { code, output } = await command(dir, 'doctor', '--json')
    const findings = JSON.parse(output) as Findings
    const failed = findings.flatMap(({ check, status, message }) => (status === 'fail' ? [`${check}: ${message}`] : []))
    return !findings.some(({ message }) => message.startsWith('no answer within')) && { code, findings, failed }
  }, 50_000)
}

const applicant = { firstName: 'Amara', lastName: 'Quillfeather', email: 'amara@example.com', job: 'Designer' }

describe('a set-up by flags', () => {
  test('makes a service that doctor finds well and that delivers a simulated stage change', async () => {
    const { greenhouse, vendor } = await world()
    const { applicationId } = greenhouse.addCandidate({ ...applicant, stage: 'AI Interview' })
    const dir = folder({
      secrets: lines({
        INTERVIEWFLOW_API_KEY: vendor.apiKey,
        GREENHOUSE_CLIENT_ID: greenhouse.credential.clientId,
        GREENHOUSE_CLIENT_SECRET: greenhouse.credential.clientSecret,
      }),
    })
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const addresses = ['--vendor-url', vendor.url, '--link-host', vendor.linkHost(), '--base-url', greenhouse.url]
    const route = ['--stage', 'AI Interview', '--interviewer', sandboxInterviewer, '--public-url', url]
    const targets = ['--field', 'application:ai_interview_link', '--user-id', '4080']
    const made = await command(dir, 'setup', 'greenhouse', '--secrets', 'secrets', ...addresses, ...route, ...targets)
    expect(made).toMatchObject({ code: 0 })

    const variables = { PORT: String(port), HOST: '127.0.0.1' }
    const bridge = await startBridgeProcess({ variables, dir })
    cleanUp(() => bridge.stop())
    expect(await doctor(dir)).toMatchObject({ code: 0, failed: [] })

    const simulated = await command(dir, 'simulate', '--application', String(applicationId), '--url', url)
    expect(simulated.output).toContain('✓ delivered (written): The link is on the application.')
    expect(simulated.code).toBe(0)
    expect(greenhouse.notesOf(applicationId)).toHaveLength(1)
    expect(greenhouse.fieldOf(applicationId, 'ai_interview_link')).toMatch(/^http/)

    const elsewhere = await command(
      dir,
      'simulate',
      '--application',
      String(applicationId),
      '--stage',
      'Offer',
      '--url',
      url,
    )
    expect(elsewhere.output).toContain('ignored (no-route)')
    const ping = await command(dir, 'simulate', '--kind', 'ping', '--url', url)
    expect(ping.output).toContain('The ATS tested the connection.')
    const forget = await command(dir, 'simulate', '--kind', 'anonymized', '--candidate', '7', '--yes', '--url', url)
    expect(forget).toMatchObject({ code: 0 })
  })
})

describe('doctor', () => {
  test.each([
    ['Redis', privateRedis],
    ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
    ['embedded', privateFolder],
  ])('finds a store on %s, set as it should be, well', async (_, make) => {
    const sandboxes = await world()
    const { settings, remove } = await make()
    cleanUp(remove)
    const dir = folder({
      '.env': lines(sandboxVariables(sandboxes, settings)),
      'bridge.yaml': sandboxDocument(sandboxes),
    })
    const { code, findings, failed } = await doctor(dir)
    expect(failed).toEqual([])
    expect(code).toBe(0)
    expect(findings.filter(({ check }) => check === 'store')).not.toEqual([])
    expect(findings.find(({ check }) => check === 'clock')?.status).toBe('pass')
  })

  test.each([
    ['Redis', privateRedis],
    ['PostgreSQL', () => privatePostgres(inject('postgresUrl'))],
  ])('sees that a store on %s is sealed with a key that it is not given, as serve does', async (_, make) => {
    const sandboxes = await world()
    const { settings, remove } = await make()
    cleanUp(remove)
    const key = randomBytes(32)
    const doctorWith = async (keys: Readonly<Record<string, string>>) =>
      await doctor(
        folder({
          '.env': lines({ ...sandboxVariables(sandboxes, settings), ...keys }),
          'bridge.yaml': sandboxDocument(sandboxes),
        }),
      )
    await (await openStore(settings, [key])).close()
    expect((await doctorWith({ ENCRYPTION_KEY: key.toString('hex') })).failed).toEqual([])
    const { findings, failed } = await doctorWith({})
    expect(failed).toEqual([
      'store: the store cannot be opened: what the store holds is sealed, and ENCRYPTION_KEY is not set',
    ])
    expect(findings.find(({ status }) => status === 'fail')?.fix).toContain('give ENCRYPTION_KEY the key')
    expect((await doctorWith({ ENCRYPTION_KEY: randomBytes(32).toString('hex') })).failed).toEqual([
      'store: the store cannot be opened: what the store holds was sealed with another ENCRYPTION_KEY',
    ])
  })

  test('tells everything that is wrong at once, with what to do, and no secret', async () => {
    const sandboxes = await world()
    const variables = {
      ...sandboxVariables(sandboxes),
      REDIS_URL: 'redis://bridge:canary-password@127.0.0.1:1',
      INTERVIEWFLOW_API_KEY: 'canary-key',
      LEVER_API_KEY: 'canary-lever',
      PUBLIC_URL: 'http://127.0.0.1:1',
    }
    const document = sandboxDocument(sandboxes).replace('key: ai_interview_link', 'key: ai_interview_lnk')
    const dir = folder({ '.env': lines(variables), 'bridge.yaml': document.replace('AI Interview', 'AI Interveiw') })
    const { code, findings, failed } = await doctor(dir)
    expect(code).toBe(1)
    const expected = [
      /^store: the store in REDIS_URL cannot be used: nothing listens there/,
      /^interviewflow: InterviewFlowAI refuses the key/,
      /^greenhouse: routes\[0\]\.stage: no stage "AI Interveiw"; there is "AI Interview"/,
      /^greenhouse: no application field "ai_interview_lnk"; there is "ai_interview_link"/,
      /^lever: Lever refuses the credentials \(401\)/,
      /^address: http:\/\/127\.0\.0\.1:1\/webhooks\/greenhouse cannot be reached/,
      /^address: http:\/\/127\.0\.0\.1:1\/webhooks\/lever cannot be reached/,
    ]
    expect(failed).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
    expect(findings.every(({ status, fix }) => status === 'pass' || fix !== null)).toBe(true)
    expect(JSON.stringify(findings)).not.toContain('canary')
  })

  test('sees that the running service has another secret', async () => {
    const sandboxes = await world()
    const port = await freePort()
    const variables = { ...sandboxVariables(sandboxes), PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` }
    const dir = folder({ '.env': lines(variables), 'bridge.yaml': sandboxDocument(sandboxes) })
    const bridge = await startBridgeProcess({ variables: { GREENHOUSE_WEBHOOK_SECRET: 'the one before' }, dir })
    cleanUp(() => bridge.stop())
    expect((await doctor(dir)).failed).toEqual([expect.stringMatching(/^address: .*greenhouse answers 401/)])
  })
})

describe('simulate --sandbox', () => {
  test('runs sandboxes whose settings the service takes, until it is stopped', async () => {
    const dir = folder()
    const port = await freePort(3)
    const process = launchBridge({
      variables: {},
      dir,
      args: ['simulate', '--sandbox', '--port', String(port), '--dir', '.'],
    })
    await until(() => process.output().includes('Control API'))
    expect(readFileSync(join(dir, '.env'), 'utf8')).toContain('INTERVIEWFLOW_API_KEY=')
    const { code, findings } = await doctor(dir)
    const unreached = findings.filter(({ check, status }) => check !== 'address' && status === 'fail')
    expect(unreached).toEqual([])
    expect(code).toBe(1)
    const answer = await fetch(`http://127.0.0.1:${port}/_sandbox/calls`)
    expect(answer.status).toBe(200)
    expect(await process.stop()).toEqual({ code: 0, signal: null })
  })
})
