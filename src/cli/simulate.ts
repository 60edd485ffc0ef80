import { styleText } from 'node:util'
import { readEnvironment } from '../config/env.ts'
import { hint } from '../config/nearest-key.ts'
import type { Settings } from '../config/settings.ts'
import { didYouMean, parseFlags, wholeNumber } from './arguments.ts'
import { serviceUrl } from './service/address.ts'
import { AdminRefusedError } from './service/admin-client.ts'
import type { Simulation } from './simulate/send.ts'
import { UsageError } from './usage-error.ts'
import { webhookKits } from './webhook-kits.ts'

const FIRST_PORT = 4010
const FOLLOW_S = 30

const kindLines = Object.entries(webhookKits).flatMap(([ats, { kinds }]) => [
  `Kinds for ${ats}:`,
  ...Object.entries(kinds).map(([name, { summary }]) => `  ${name.padEnd(17)}${summary}`),
  '',
])

export const help = [
  'Usage: bridge simulate --connection <name> --kind <kind> [--application <id>] [flags]',
  '       bridge simulate --sandbox [--port <first>] [--dir <folder>]',
  '',
  'Sends a correctly signed webhook to the running service and follows the delivery to its end, by the admin API.',
  'A stage change that fits a route makes a real interview for a real person, unless the connection is a sandbox.',
  '',
  '  --connection   name of a connection in bridge.yaml; may be left out where there is only one',
  '  --kind         see below; default stage-change',
  '  --application  id of the application (Lever: opportunity) in the ATS, which is read for what to tell',
  '  --stage        stage to tell of; default the one the application is in',
  '  --candidate    id of the candidate, for kinds that need no application; --into: of the one merged into',
  '  --url          address of the service; default this machine and PORT',
  `  --follow       seconds to follow the delivery for; default ${FOLLOW_S}`,
  '  --yes          needed for kinds that make the bridge forget a person',
  '',
  '  --sandbox      runs sandboxes of Greenhouse, Lever and InterviewFlowAI until Ctrl-C, and shows the settings for them',
  `  --port         first of their three ports; default ${FIRST_PORT}`,
  '  --dir          writes .env and bridge.yaml into this folder instead of showing them',
  '',
  ...kindLines,
  'Exit code 0 if the webhook was accepted and no delivery of it is dead or still waiting at the end, else 1.',
].join('\n')

const text = { type: 'string' } as const
const flags = {
  connection: text,
  kind: text,
  application: text,
  stage: text,
  candidate: text,
  into: text,
  url: text,
  follow: text,
  yes: { type: 'boolean' },
  sandbox: { type: 'boolean' },
  port: text,
  dir: text,
} as const

/** @throws ConfigError, UsageError */
export async function run(args: string[]): Promise<number> {
  const given = parseFlags(args, flags)
  if (given.sandbox === true) {
    const { runSandboxes } = await import('./simulate/stand-alone.ts')
    return await runSandboxes(wholeNumber('port', given.port, FIRST_PORT, 65_533), given.dir)
  }
  const stray = (['port', 'dir'] as const).find((flag) => given[flag] !== undefined)
  if (stray !== undefined) throw new UsageError(`--${stray} goes with --sandbox.`)
  const [{ atsDefinitions }, { loadSettings }] = await Promise.all([
    import('../ats/registry.ts'),
    import('../config/load-settings.ts'),
  ])
  const settings = loadSettings(readEnvironment(), atsDefinitions)
  const [send, { makeAgent }, { NothingToTellError }] = await Promise.all([
    import('./simulate/send.ts'),
    import('../http/agent.ts'),
    import('./simulate/tell-of.ts'),
  ])
  const agent = makeAgent()
  try {
    return await send.simulate(await readSimulation(given, settings), settings, agent)
  } catch (error) {
    if (!(error instanceof NothingToTellError) && !(error instanceof AdminRefusedError)) throw error
    process.stderr.write(`${styleText('red', error.message, { stream: process.stderr })}\n`)
    return 1
  } finally {
    await agent.destroy()
  }
}

type Given = ReturnType<typeof parseFlags<typeof flags>>

async function readSimulation(given: Given, settings: Settings): Promise<Simulation> {
  const { connections } = settings
  const names = connections.map(({ name }) => name)
  const wanted = given.connection ?? (names.length === 1 ? names[0] : undefined)
  if (wanted === undefined) throw new UsageError(`--connection is needed: ${names.join(' or ')}.`)
  const connection = connections.find(({ name }) => name === wanted)
  if (connection === undefined) throw new UsageError(`There is no connection "${wanted}"; ${hint(wanted, names)}.`)
  const kit = webhookKits[connection.ats]
  if (kit === undefined) throw new UsageError(`Webhooks of ${connection.ats} cannot be simulated.`)
  const kindName = given.kind ?? 'stage-change'
  const kind = Object.hasOwn(kit.kinds, kindName) ? kit.kinds[kindName] : undefined
  const kinds = Object.keys(kit.kinds)
  if (kind === undefined)
    throw new UsageError(
      `There is no kind "${kindName}" for ${connection.ats}.${didYouMean(kindName, kinds) || ` There is ${kinds.join(', ')}.`}`,
    )
  if (kind.erases === true && given.yes !== true)
    throw new UsageError(
      `${kindName} makes the bridge cancel this person’s deliveries and forget their link, as if it came from the ATS; if that is meant, add --yes.`,
    )
  if (kindName === 'merged' && given.into === undefined) throw new UsageError('--into is needed for merged.')
  const url = serviceUrl(given.url, settings)
  const followMs = wholeNumber('follow', given.follow, FOLLOW_S, 86_400) * 1000
  const { application, candidate, stage, into } = given
  return { connection, kit, kindName, kind, application, candidate, stage, into, url, followMs }
}
