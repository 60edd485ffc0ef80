import { readEnvironment } from '../config/env.ts'
import type { Settings } from '../config/settings.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import { explain } from '../domain/reasons.ts'
import { makeLogger } from '../ops/logger.ts'
import type { Missed } from '../sweep/sweep-connection.ts'
import { assertConnection, parseFlags } from './arguments.ts'
import { parseDuration } from './duration.ts'
import { runUntilSignal } from './run-until-signal.ts'

const DEFAULT_SINCE = '48h'

export const help = [
  'Usage: bridge sweep [--since 48h] [--connection NAME] [--dry-run]',
  '',
  'Asks each ATS who entered a routed stage and is there still. Whoever has no delivery since then, and no link,',
  'gets one. The service does this by itself every ten minutes for the last 48 hours; by hand it goes further back,',
  'after a long outage, or to take along who was in the stage before its route was made.',
  '',
  '  --since        how far back: 90m, 48h, 7d, 2w (default 48h)',
  '  --connection   only this connection of bridge.yaml',
  '  --dry-run      say who it would be, and change nothing',
  '',
  'Settings are read as `bridge serve` reads them, and the running service delivers what is queued. The embedded store',
  'is open to one process alone: stop the service first, and start it again afterwards.',
  '',
  'Exit code 0 if every connection was asked to the end, 1 if not, 2 for wrong usage or configuration.',
].join('\n')

const say = (line = '') => process.stdout.write(`${line}\n`)

interface Wanted {
  readonly sinceMs: number
  readonly connections: readonly string[]
  readonly isDryRun: boolean
  /** Added to what is said of those queued. */
  readonly where: string
}

/** @throws ConfigError, UsageError, FolderInUseError, StoreUnavailableError */
export async function run(args: string[]): Promise<number> {
  const flags = parseFlags(args, {
    since: { type: 'string', default: DEFAULT_SINCE },
    connection: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  })
  const sinceMs = parseDuration(flags.since, '--since')
  // After the flags, so that a refusal needs none of the service's weight.
  const [{ atsDefinitions }, { loadSettings }] = await Promise.all([
    import('../ats/registry.ts'),
    import('../config/load-settings.ts'),
  ])
  const settings = loadSettings(readEnvironment(), atsDefinitions)
  const connections = chosen(flags.connection, settings)

  let code = 1
  const stopped = await runUntilSignal(async () => {
    const { openSweep } = await import('../sweep/open-sweep.ts')
    const { tools, close } = await openSweep(settings, makeLogger({ level: 'warn', destination: process.stderr }))
    const stopping = new AbortController()
    const sweep = async () => {
      code = await sweepAll(
        { sinceMs, connections, isDryRun: flags['dry-run'], where: whereTo(settings) },
        tools,
        stopping.signal,
      )
    }
    const ended = sweep()
    return {
      ended,
      stop: async () => {
        stopping.abort()
        await ended.catch(() => undefined)
        await close()
      },
    }
  })
  return stopped === 0 ? code : stopped
}

/** A store that only who runs on the same folder reads: on the host of a container that would be nobody. */
const whereTo = ({ store }: Settings): string =>
  store.kind === 'embedded' ? ` in ${store.dir}: the service that uses this folder delivers` : ''

function chosen(name: string | undefined, settings: Settings): string[] {
  if (name === undefined) {
    const names = settings.connections.map((connection) => connection.name)
    return names.filter((one) => settings.routes.some(({ connection }) => connection === one))
  }
  assertConnection(name, settings)
  return [name]
}

type Tools = Awaited<ReturnType<typeof import('../sweep/open-sweep.ts')['openSweep']>>['tools']

async function sweepAll(
  { sinceMs, connections, isDryRun, where }: Wanted,
  tools: Tools,
  signal: AbortSignal,
): Promise<number> {
  const { sweepConnection } = await import('../sweep/sweep-connection.ts')
  const until = tools.now()
  const since = until - sinceMs
  let found = 0
  let code = 0
  for (const connection of connections) {
    say(`${connection}: who entered a routed stage since ${minute(since)}`)
    const onMissed = (missed: Missed) => {
      found += 1
      say(`  ${lineOf(missed, isDryRun)}`)
    }
    try {
      const looked = await sweepConnection({ connection, since, until, isDryRun, signal, onMissed }, tools)
      say(`  ${looked} ${looked === 1 ? 'application' : 'applications'} looked at`)
    } catch (error) {
      if (signal.aborted) return 1
      complain(connection, error)
      code = 1
    }
  }
  say()
  say(
    isDryRun
      ? `${count(found)} would be queued. Nothing was changed.`
      : `${count(found)} queued${found > 0 ? where : ''}.`,
  )
  return code
}

/** What is wrong with one ATS does not keep the others from being asked. @throws what is none of an ATS's failures */
function complain(connection: string, error: unknown): void {
  if (!(error instanceof RetryableError || error instanceof PermanentError)) throw error
  const { happened, toDo } = explain(error.reason)
  // What follows tells what becomes of a delivery; here nothing is tried again.
  const [what] = happened.split(/(?<=\.) /)
  const advice = toDo === NOTHING_TO_DO ? 'Start the sweep again later; nobody is taken twice.' : toDo
  process.stderr.write(`${connection} was not asked to the end. ${what} ${advice}\n`)
}

const NOTHING_TO_DO = 'Nothing to do.'

const count = (found: number) => (found === 1 ? '1 delivery' : `${found === 0 ? 'No' : found} deliveries`)

const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

function lineOf({ entry, delivery }: Missed, isDryRun: boolean): string {
  const { applicationId, stageId, stageName = stageId, enteredAt } = entry
  const outcome = isDryRun ? 'would be queued' : `queued as ${delivery.id}`
  return `application ${applicationId}  ${stageName}  entered ${new Date(enteredAt).toISOString()}  ${outcome}`
}
