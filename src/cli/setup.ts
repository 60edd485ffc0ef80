import { styleText } from 'node:util'
import { calledAs, isTerminalDialogue, readEnvironment } from '../config/env.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import { type Asker, CancelledError, SetupFailedError } from '../setup/asker.ts'
import { didYouMean, parseFlags } from './arguments.ts'
import { CANCELLED } from './exit-code.ts'
import { answersOf, flags, refuseForeign } from './setup/flags.ts'
import { readSecrets, refuseMissing } from './setup/unattended.ts'
import { UsageError } from './usage-error.ts'

const ENV_FILE = '.env'

export const help = [
  'Usage: bridge setup [greenhouse|lever] [flags]',
  '',
  'Asks for what is needed, tries each answer at once, and writes .env and bridge.yaml. What is there already is used;',
  'nothing is replaced without showing it. To go on after a stop, or to add a connection, run it again.',
  'Every answer but secrets can be a flag; without a terminal nothing is asked.',
  '',
  '  --connection NAME      name of the connection, part of the webhook’s address; default the ATS',
  '  --public-url URL       how the ATS reaches this service',
  '  --stage NAME           who enters it gets an interview',
  '  --job NAME             job it is for, or its id; again for more; left out: every job',
  '  --interviewer ID       the interviewer at InterviewFlowAI',
  '  --send-resume          offers the candidate’s resume to InterviewFlowAI',
  '  --secrets FILE         file of NAME=value lines with the secrets, - for standard input; secrets are no flags',
  '  --vendor-url URL (InterviewFlowAI), --link-host HOST (of its links), --base-url URL (the ATS): for sandboxes',
  '  --yes                  changes files that are there, without asking',
  '  --no-input             asks nothing, even at a terminal',
  '',
  'Greenhouse: --user-id ID, --note private|public|admin_only|none, --field application:KEY|candidate:KEY|none,',
  '  --auth-url URL',
  '  secrets INTERVIEWFLOW_API_KEY, GREENHOUSE_CLIENT_ID, GREENHOUSE_CLIENT_SECRET',
  'Lever: --perform-as EMAIL, --note secret|none, --link, --tag NAME, --register-webhook (makes the webhooks by the API)',
  '  secrets INTERVIEWFLOW_API_KEY, LEVER_API_KEY; LEVER_SIGNING_TOKEN unless --register-webhook',
  '',
  'Exit code 0 done, 1 failed, 2 wrong usage (names what is missing), 130 stopped with Ctrl-C.',
].join('\n')

/** @throws ConfigError, UsageError */
export async function run(args: string[]): Promise<number> {
  const [first = ''] = args
  const named = first !== '' && !first.startsWith('-') ? first : undefined
  const given = parseFlags(named === undefined ? args : args.slice(1), flags)
  const [{ guides, prefixOf, setUp }, { EnvDraft }, { makeAgent }] = await Promise.all([
    import('../setup/set-up.ts'),
    import('../setup/env-draft.ts'),
    import('../http/agent.ts'),
  ])
  if (named !== undefined && !Object.hasOwn(guides, named)) {
    const names = Object.keys(guides)
    throw new UsageError(
      `There is no ATS "${named}".${didYouMean(named, names) || ` There is ${names.join(' and ')}.`}`,
    )
  }
  const known = named as keyof typeof guides | undefined
  if (known !== undefined) refuseForeign(given, known)
  if (given.connection !== undefined && !/^[a-z0-9-]+$/.test(given.connection))
    throw new UsageError('--connection becomes a part of the webhook’s address: a to z, 0 to 9 and "-" only.')

  const environment = readEnvironment(ENV_FILE)
  const draft = new EnvDraft(environment, ENV_FILE)
  const secrets = given.secrets === undefined ? {} : readSecrets(given.secrets)
  for (const [name, value = ''] of Object.entries(secrets)) if (value !== '') draft.keep(name, value)
  const isInteractive = given['no-input'] !== true && given.secrets !== '-' && isTerminalDialogue()
  if (!isInteractive) {
    const prefix = prefixOf(given.connection ?? known ?? '')
    const token = known === 'lever' && given['register-webhook'] !== true ? [`${prefix}_SIGNING_TOKEN`] : []
    const ownNames = known && [...guides[known].secrets(prefix).map(({ name }) => name), ...token]
    refuseMissing(given, ownNames, (name) => draft.value(name))
  }

  const asker = await makeAsker(isInteractive)
  const agent = makeAgent()
  try {
    const ats = known ?? (await chooseAts(asker, guides))
    refuseForeign(given, ats)
    const document = environment['BRIDGE_CONFIG'] || 'bridge.yaml'
    await setUp({ ats, answers: answersOf(given), asker, draft, document, dispatcher: agent })
    return 0
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === undefined) throw error
    const written = draft.isWritten ? 'Written so far: .env.' : 'Nothing was written.'
    const again = `Go on with: ${calledAs()} setup${named === undefined ? '' : ` ${named}`}`
    process.stderr.write(`${styleText('red', sentence, { stream: process.stderr })}\n${written} ${again}\n`)
    return error instanceof CancelledError ? CANCELLED : 1
  } finally {
    await agent.destroy()
  }
}

/** What went wrong, for whoever gave the answers; undefined for a mistake of ours. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof CancelledError) return 'Stopped.'
  if (error instanceof SetupFailedError) return error.message
  if (error instanceof RetryableError && error.reason === 'rate-limited')
    return 'The ATS allows no more calls for the moment. Try again in a minute.'
  if (error instanceof RetryableError || error instanceof PermanentError)
    return `The ATS answered ${error.status ?? 'nothing'} to a call that is needed (${error.reason}). See: ${calledAs()} doctor`
  return undefined
}

async function makeAsker(isInteractive: boolean): Promise<Asker> {
  if (!isInteractive) {
    const { silentAsker } = await import('../setup/silent-asker.ts')
    return silentAsker((line) => void process.stdout.write(`${line}\n`))
  }
  const { clackAsker } = await import('../setup/clack-asker.ts')
  return clackAsker()
}

async function chooseAts<Ats extends string>(
  asker: Asker,
  guides: Readonly<Record<Ats, { readonly title: string }>>,
): Promise<Ats> {
  const choices = (Object.keys(guides) as Ats[]).map((value) => ({ value, label: guides[value].title }))
  return await asker.choose({ message: 'Which ATS?', choices })
}
