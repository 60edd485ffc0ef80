import { readFileSync } from 'node:fs'
import { parseEnv, styleText } from 'node:util'
import { isTerminalDialogue, readEnvironment } from '../config/env.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import type { Asker } from '../setup/asker.ts'
import type { Answers } from '../setup/guide.ts'
import { didYouMean, parseFlags } from './arguments.ts'
import { UsageError } from './usage-error.ts'

const ENV_FILE = '.env'
const CANCELLED = 130

export const help = [
  'Usage: bridge setup [greenhouse|lever] [flags]',
  '',
  'Asks for what is needed, tries each answer at once, and writes .env and bridge.yaml. What is there already is used;',
  'nothing is replaced without showing it. To go on after a stop, or to add a connection, run it again.',
  'Every answer can be a flag; without a terminal nothing is asked.',
  '',
  '  --connection NAME      name of the connection, part of the webhook’s address; default the ATS',
  '  --public-url URL       how the ATS reaches this service',
  '  --stage NAME           who enters it gets an interview',
  '  --job NAME             job it is for; again for more; left out: every job',
  '  --interviewer ID       the interviewer at InterviewFlowAI',
  '  --send-resume          offers the candidate’s resume to InterviewFlowAI',
  '  --secrets FILE         file of NAME=value lines with the secrets, - for standard input; secrets are no flags',
  '  --vendor-url URL, --link-host HOST, --base-url URL, --auth-url URL   other addresses, for sandboxes',
  '  --yes                  changes files that are there, without asking',
  '  --no-input             asks nothing, even at a terminal',
  '',
  'Greenhouse: --user-id ID, --note private|public|admin_only|none, --field application:KEY|candidate:KEY|none',
  '  secrets INTERVIEWFLOW_API_KEY, GREENHOUSE_CLIENT_ID, GREENHOUSE_CLIENT_SECRET',
  'Lever: --perform-as EMAIL, --note secret|none, --link, --tag NAME, --register-webhook (makes the webhooks by the API)',
  '  secrets INTERVIEWFLOW_API_KEY, LEVER_API_KEY; LEVER_SIGNING_TOKEN unless --register-webhook',
  '',
  'Exit code 0 done, 1 failed, 2 wrong usage (names what is missing), 130 stopped with Ctrl-C.',
].join('\n')

const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const
const flags = {
  connection: text,
  'public-url': text,
  stage: text,
  job: { type: 'string', multiple: true },
  interviewer: text,
  'send-resume': yes,
  secrets: text,
  'vendor-url': text,
  'link-host': text,
  'base-url': text,
  'auth-url': text,
  yes,
  'no-input': yes,
  'user-id': text,
  note: text,
  field: text,
  'perform-as': text,
  link: yes,
  tag: text,
  'register-webhook': yes,
} as const

type Given = ReturnType<typeof parseFlags<typeof flags>>

function answersOf(given: Given): Answers {
  return {
    connection: given.connection,
    publicUrl: given['public-url'],
    userId: given['user-id'],
    performAs: given['perform-as'],
    stage: given.stage,
    jobs: given.job,
    interviewer: given.interviewer,
    note: given.note,
    field: given.field,
    link: given.link,
    tag: given.tag,
    sendResume: given['send-resume'],
    baseUrl: given['base-url'],
    authUrl: given['auth-url'],
    vendorUrl: given['vendor-url'],
    linkHost: given['link-host'],
    registerWebhook: given['register-webhook'],
    yes: given.yes,
  }
}

/** @throws ConfigError, UsageError */
export async function run(args: string[]): Promise<number> {
  const [first = ''] = args
  const named = first !== '' && !first.startsWith('-') ? first : undefined
  const given = parseFlags(named === undefined ? args : args.slice(1), flags)
  const [{ guides, prefixOf, setUp }, { EnvDraft }, { makeAgent }, askers] = await Promise.all([
    import('../setup/set-up.ts'),
    import('../setup/env-draft.ts'),
    import('../http/agent.ts'),
    import('../setup/asker.ts'),
  ])
  const names = Object.keys(guides)
  const isGuided = (name: string): name is keyof typeof guides => Object.hasOwn(guides, name)
  if (named !== undefined && !isGuided(named))
    throw new UsageError(
      `There is no ATS "${named}".${didYouMean(named, names) || ` There is ${names.join(' and ')}.`}`,
    )
  if (given.connection !== undefined && !/^[a-z0-9-]+$/.test(given.connection))
    throw new UsageError('--connection becomes a part of the webhook’s address: a to z, 0 to 9 and "-" only.')

  const environment = readEnvironment(ENV_FILE)
  const draft = new EnvDraft(environment, ENV_FILE)
  const secrets = given.secrets === undefined ? {} : readSecrets(given.secrets)
  for (const [name, value = ''] of Object.entries(secrets)) if (value !== '') draft.keep(name, value)
  const isInteractive = given['no-input'] !== true && given.secrets !== '-' && isTerminalDialogue()
  if (!isInteractive)
    refuseMissing(
      named,
      given,
      (ats) => guides[ats as keyof typeof guides].secrets(prefixOf(given.connection ?? ats)),
      draft,
    )

  const asker = await makeAsker(isInteractive)
  const agent = makeAgent()
  try {
    const ats = named ?? (await chooseAts(asker, guides))
    const document = environment['BRIDGE_CONFIG'] || 'bridge.yaml'
    await setUp({
      ats: ats as keyof typeof guides,
      answers: answersOf(given),
      asker,
      draft,
      document,
      dispatcher: agent,
    })
    return 0
  } catch (error) {
    const goOn = `${draft.isWritten ? 'Written so far: .env.' : 'Nothing was written.'} Go on with: bridge setup${named === undefined ? '' : ` ${named}`}`
    if (error instanceof askers.CancelledError) {
      process.stderr.write(`Stopped. ${goOn}\n`)
      return CANCELLED
    }
    const sentence = sentenceOf(error, askers.SetupFailedError)
    if (sentence === undefined) throw error
    process.stderr.write(`${styleText('red', sentence, { stream: process.stderr })}\n${goOn}\n`)
    return 1
  } finally {
    await agent.destroy()
  }
}

function sentenceOf(error: unknown, failed: new (message: string) => Error): string | undefined {
  if (error instanceof failed) return error.message
  if (error instanceof RetryableError && error.reason === 'rate-limited')
    return 'The ATS allows no more calls for the moment. Try again in a minute.'
  if (error instanceof RetryableError || error instanceof PermanentError)
    return `The ATS answered ${error.status ?? 'nothing'} to a call that is needed (${error.reason}). See: bridge doctor`
  return undefined
}

/** @throws UsageError the file cannot be read */
function readSecrets(file: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--secrets: ${file === '-' ? 'standard input' : file} cannot be read.`, { cause: error })
  }
}

/** Where nobody can be asked, everything without a default must be there: all that is missing is named at once. */
function refuseMissing(
  ats: string | undefined,
  given: Given,
  secretsOf: (ats: string) => readonly { readonly name: string }[],
  draft: { value(name: string): string | undefined },
): void {
  const variables = ats === undefined ? [] : ['INTERVIEWFLOW_API_KEY', ...secretsOf(ats).map(({ name }) => name)]
  const token = ats === 'lever' && given['register-webhook'] !== true ? tokenName(given) : undefined
  const unset = [...variables, ...(token === undefined ? [] : [token])].filter(
    (name) => draft.value(name) === undefined,
  )
  const missing = [
    ...(ats === undefined ? ['the ATS (bridge setup greenhouse, or lever)'] : []),
    ...(['stage', 'interviewer'] as const).filter((flag) => given[flag] === undefined).map((flag) => `--${flag}`),
    ...(given['register-webhook'] === true && (given['public-url'] ?? draft.value('PUBLIC_URL')) === undefined
      ? ['--public-url']
      : []),
    ...(unset.length === 0 ? [] : [`--secrets with ${unset.join(', ')}`]),
  ]
  if (missing.length > 0)
    throw new UsageError(`There is no terminal to ask at, so these are needed: ${missing.join('; ')}.`)
}

const tokenName = (given: Given) => `${(given.connection ?? 'lever').toUpperCase().replaceAll('-', '_')}_SIGNING_TOKEN`

async function makeAsker(isInteractive: boolean): Promise<Asker> {
  if (!isInteractive) {
    const { silentAsker } = await import('../setup/silent-asker.ts')
    return silentAsker((line) => void process.stdout.write(`${line}\n`))
  }
  const { clackAsker } = await import('../setup/clack-asker.ts')
  return clackAsker()
}

async function chooseAts(asker: Asker, guides: Readonly<Record<string, { readonly title: string }>>): Promise<string> {
  const choices = Object.entries(guides).map(([value, { title }]) => ({ value, label: title }))
  return await asker.choose({ message: 'Which ATS?', choices })
}
