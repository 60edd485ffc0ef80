import { readEnvironment } from '../config/env.ts'
import { summarize } from '../config/summary.ts'
import { makeLogger } from '../ops/logger.ts'
import { parseFlags } from './arguments.ts'
import { runUntilSignal } from './run-until-signal.ts'

export const help = [
  'Usage: bridge serve',
  '',
  'Runs the service until SIGINT or SIGTERM. Deliveries at work are finished first, for at most 70 seconds;',
  'a second signal leaves at once.',
  '',
  'Settings come from the environment, .env and bridge.yaml; .env.example names them all.',
].join('\n')

/** @throws ConfigError, UsageError, StoreUnavailableError */
export async function run(args: string[]): Promise<number> {
  parseFlags(args, {})
  return await runUntilSignal(async () => {
    // After the flags, so that a refusal needs none of the service's weight.
    const [{ atsDefinitions }, { loadSettings }] = await Promise.all([
      import('../ats/registry.ts'),
      import('../config/load-settings.ts'),
    ])
    const settings = loadSettings(readEnvironment(), atsDefinitions)
    const log = makeLogger({ level: settings.logLevel, base: { role: settings.role } })
    log.info({ settings: summarize(settings) }, 'settings')
    process.once('uncaughtException', (error) => {
      log.fatal({ err: error }, 'crashed')
      process.exit(1)
    })
    const { startBridge } = await import('../app.ts')
    const bridge = await startBridge(settings, log)
    log.info({ url: bridge.url }, 'listening')
    // Node would keep for minutes what only the start needed: 15 MB. The function is there with --expose-gc. V8 forgets
    // the shape of what it finds none of, and without the one tick that waits here all later ticks would be slow.
    process.nextTick(() => {})
    globalThis.gc?.({ type: 'major', flavor: 'last-resort' })
    return bridge
  })
}
