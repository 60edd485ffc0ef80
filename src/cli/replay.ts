import { styleText } from 'node:util'
import { ConfigError } from '../config/config-error.ts'
import { isTerminalDialogue, readEnvironment } from '../config/env.ts'
import type { Settings } from '../config/settings.ts'
import { assertConnection, parseWords, wholeNumber } from './arguments.ts'
import { replayMany } from './replay/many.ts'
import { readChoice } from './replay/read-choice.ts'
import { clearPassword, serviceUrl } from './service/address.ts'
import { type Admin, AdminRefusedError, askAdmin } from './service/admin-client.ts'
import { followAll } from './service/follow.ts'
import { UsageError } from './usage-error.ts'

const FOLLOW_S = 30

export const help = [
  'Usage: bridge replay <delivery id> … [--follow SECONDS] [--url URL]',
  '       bridge replay --state dead|lapsed [--connection NAME] [--reason REASON] [--before WHEN] [--dry-run] [flags]',
  '',
  'Has the running service try deliveries again, by the admin API. Mend first what they died of: until then they die',
  'again. Interviews that exist are used again; notes that exist are not written twice.',
  '',
  '  --state        all that are dead (a person must look) or lapsed (no longer wanted when their turn came)',
  '  --connection   of these, only those of this connection of bridge.yaml',
  '  --reason       only those with this reason, such as vendor-unauthorized',
  '  --before       only what has stood there for 90m, 48h, 7d or 2w, or since a time such as 2026-01-31T08:00:00Z',
  '  --per-minute   how many have their turn in a minute, so that whoever is moved meanwhile goes in between;',
  '                 left out: all at once',
  '  --dry-run      say who it would be, and change nothing',
  '  --yes          does not ask; needed where there is no terminal to ask at',
  '',
  `  --follow       seconds to follow them for; default ${FOLLOW_S} for ids. With --state they are followed only if it is given`,
  '  --url          address of the service; default this machine and PORT',
  '',
  'With --state 1,000 at most are tried again, the newest. It says if there are more: run it again for those.',
  '',
  'Exit code 0 done, and none that was followed is dead or still waiting at the end; 1 if not, or if the answer was no;',
  '2 for wrong usage or configuration; 130 stopped with Ctrl-C.',
].join('\n')

const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const
const flags = {
  state: text,
  connection: text,
  reason: text,
  before: text,
  'per-minute': text,
  'dry-run': yes,
  yes,
  follow: text,
  url: text,
} as const

/** @throws ConfigError, UsageError */
export async function run(args: string[]): Promise<number> {
  const { words: ids, flags: given } = parseWords(args, flags)
  const choice = readChoice(ids, given, Date.now())
  const followMs = wholeNumber('follow', given.follow, FOLLOW_S, 86_400) * 1_000
  const asks = choice !== undefined && !choice.isDryRun && given.yes !== true
  if (asks && !isTerminalDialogue())
    throw new UsageError(
      'There is no terminal to ask at: add --yes to have them tried again, or --dry-run to see who it would be.',
    )
  // After the flags, so that a refusal needs none of the service's weight.
  const [{ atsDefinitions }, { loadSettings }] = await Promise.all([
    import('../ats/registry.ts'),
    import('../config/load-settings.ts'),
  ])
  const settings = loadSettings(readEnvironment(), atsDefinitions)
  if (given.connection !== undefined) assertConnection(given.connection, settings)
  const admin = adminOf(given.url, settings)
  try {
    if (choice === undefined) return await replayEach(ids, admin, followMs)
    return await replayMany({ ...choice, asks, followMs: given.follow === undefined ? undefined : followMs }, admin)
  } catch (error) {
    if (!(error instanceof AdminRefusedError)) throw error
    complain(error.message)
    return 1
  }
}

function adminOf(givenUrl: string | undefined, settings: Settings): Admin {
  const url = serviceUrl(givenUrl, settings)
  if (settings.adminPassword === undefined) {
    const message = 'is not set, and without it the service has no admin API: set it and restart the service'
    throw new ConfigError([{ where: 'ADMIN_PASSWORD', message }])
  }
  const problem = clearPassword(url)
  if (problem !== undefined) throw new UsageError(`${problem}.`)
  return { url, password: settings.adminPassword }
}

/** One that cannot be tried again does not keep the others from it. @throws AdminRefusedError nothing can be asked */
async function replayEach(ids: readonly string[], admin: Admin, followMs: number): Promise<0 | 1> {
  const taken: string[] = []
  for (const id of ids) {
    try {
      await askAdmin(admin, `/api/deliveries/${encodeURIComponent(id)}/replay`, {})
      taken.push(id)
    } catch (error) {
      if (!(error instanceof AdminRefusedError) || !error.isAboutSubject) throw error
      complain(`${id}: ${error.message}`)
    }
  }
  const code = await followAll(taken, admin, followMs)
  return taken.length < ids.length ? 1 : code
}

const complain = (sentence: string) =>
  void process.stderr.write(`${styleText('red', sentence, { stream: process.stderr })}\n`)
