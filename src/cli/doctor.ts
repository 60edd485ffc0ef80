import { ConfigError } from '../config/config-error.ts'
import { readEnvironment } from '../config/env.ts'
import type { Settings } from '../config/settings.ts'
import { parseFlags } from './arguments.ts'
import { UsageError } from './usage-error.ts'

export const help = [
  'Usage: bridge doctor [--json] [--test-alert]',
  '       bridge doctor --schema',
  '',
  'Checks everything in one go and says what to do about what is wrong: settings, store, InterviewFlowAI’s key and',
  'interviewers, each connection’s credentials, permissions, stages, jobs and fields, the public address, the clock.',
  'It changes nothing; the service gets one test webhook for each secret, as the ATS sends them.',
  '',
  '  --json         the findings as [{check, status, message, fix}] on standard output',
  '  --test-alert   sends a test message to ALERT_WEBHOOK_URL, too',
  '  --schema       the JSON Schema of bridge.yaml, for editors; nothing is checked',
  '',
  'Exit code 0 if nothing failed (warnings do not count), 1 if something did, 2 if the settings cannot be read.',
].join('\n')

const say = (line: string) => process.stdout.write(`${line}\n`)

/** @throws ConfigError, UsageError */
export async function run(args: string[]): Promise<number> {
  const isSwitch = { type: 'boolean', default: false } as const
  const flags = parseFlags(args, { json: isSwitch, schema: isSwitch, 'test-alert': isSwitch })
  const { json, schema, 'test-alert': isAlertTested } = flags
  if (schema && (json || isAlertTested))
    throw new UsageError(`--schema and ${json ? '--json' : '--test-alert'} do not go together.`)
  const [{ atsDefinitions }, { loadSettings }] = await Promise.all([
    import('../ats/registry.ts'),
    import('../config/load-settings.ts'),
  ])
  if (schema) {
    const { bridgeJsonSchema } = await import('../config/json-schema.ts')
    say(JSON.stringify(bridgeJsonSchema(atsDefinitions), null, 2))
    return 0
  }
  try {
    return await examineAndTell(loadSettings(readEnvironment(), atsDefinitions), json, isAlertTested)
  } catch (error) {
    if (!json || !(error instanceof ConfigError)) throw error
    const findings = error.problems.map(({ where, message }) => {
      return { check: 'settings', status: 'fail', message: `${where} ${message}`, fix: `correct ${where}` }
    })
    say(JSON.stringify(findings, null, 2))
    return 2
  }
}

async function examineAndTell(settings: Settings, json: boolean, isAlertTested: boolean): Promise<number> {
  const [{ examine }, { tableLines }, { makeAgent }, { testWebhooks }] = await Promise.all([
    import('../doctor/examine.ts'),
    import('../doctor/table.ts'),
    import('../http/agent.ts'),
    import('./webhook-kits.ts'),
  ])
  if (process.stderr.isTTY) process.stderr.write('Checking, for at most 10 seconds …\n')
  const agent = makeAgent()
  try {
    const results = await examine(settings, agent, testWebhooks, { isAlertTested })
    if (json)
      say(
        JSON.stringify(
          results.map((result) => ({ ...result, fix: result.fix ?? null })),
          null,
          2,
        ),
      )
    else for (const line of tableLines(results, process.stdout)) say(line)
    return results.some(({ status }) => status === 'fail') ? 1 : 0
  } finally {
    await agent.destroy()
  }
}
