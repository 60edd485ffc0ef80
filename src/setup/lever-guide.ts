import type { AtsInspector } from '../ats/inspector.ts'
import { registerLeverWebhook } from '../ats/lever/register-webhook.ts'
import { leverSettings } from '../ats/lever/settings.ts'
import { explainFailure } from '../doctor/explain-failure.ts'
import { type Asker, SetupFailedError, settle } from './asker.ts'
import type { Guide, GuideContext, Identity, Target } from './guide.ts'

/** What the bridge listens to, with the variables that hold the tokens. */
const hooksOf = (prefix: string): readonly Hook[] => [
  { event: 'candidateStageChange', name: `${prefix}_SIGNING_TOKEN` },
  { event: 'candidateDeleted', name: `${prefix}_SIGNING_TOKEN_2` },
]

interface Hook {
  readonly event: string
  readonly name: string
}

const TOKENS = 'Signing tokens of the webhooks in Lever'
const SUPER_ADMIN =
  'A Super Admin must switch on "Candidate Stage Change" and "Candidate Deleted" in Settings > Integrations and API > Webhooks: until then Lever sends nothing.'
/** A note that all see who see the person; what is left out of the flags. */
const PLAIN = ''
const SECRET_NOTE: Target = { note: { secret: true } }

/** Setting up Lever. @see lever.md sections 1.1 and 2 */
export const leverGuide: Guide = {
  title: 'Lever',
  secrets: (prefix) => [
    {
      name: `${prefix}_API_KEY`,
      message:
        'API key (Settings > Integrations and API > API credentials; read and write opportunities and notes; read stages, postings, contacts, applications; never changeable; shown once)',
    },
  ],
  identify: async ({ asker, answers, previous, value }, prefix) => {
    const performAs =
      answers.performAs ??
      (asker.isInteractive
        ? await asker.text({
            message: 'E-mail address of the Lever user whose name the notes carry (empty: nobody’s)',
            initial: previous.performAs ?? '',
            check: (text) =>
              text === '' || leverSettings.shape.performAs.safeParse(text).success
                ? undefined
                : 'This is no e-mail address.',
          })
        : (previous.performAs ?? ''))
    const baseUrl = answers.baseUrl ?? previous.baseUrl
    return {
      settings: {
        signingTokens: ['not known yet'],
        apiKey: value(`${prefix}_API_KEY`),
        ...(performAs !== '' && { performAs }),
        ...(baseUrl !== undefined && { baseUrl }),
      },
    }
  },
  webhooks: async (context, prefix, identity, inspector) => {
    const hooks = hooksOf(prefix)
    const missing = hooks.filter(({ name }) => context.value(name) === undefined)
    const known = hooks.filter((hook) => !missing.includes(hook)).map(({ name }) => name)
    if (known.length > 0) context.asker.good(`Signing tokens are there already and are kept: ${known.join(', ')}`)
    if (missing.length > 0 && (await shallRegister(context, missing))) {
      await register(context, missing, identity, inspector)
      return hooks.map(({ name }) => name)
    }
    if (known.length > 0) return known
    const [name = '', second = ''] = hooks.map((hook) => hook.name)
    const address = hookOf(context) ?? `https://<your host>/webhooks/${context.connection}`
    context.asker.say(
      `In Lever: Settings > Integrations and API > Webhooks, add ${address} for Candidate Stage Change and Candidate Deleted, and copy the signing token of each.`,
    )
    context.keep(name, await context.asker.secret({ message: 'Signing token of Candidate Stage Change' }), TOKENS)
    const hasOther = await context.asker.confirm('Is there another token, for Candidate Deleted?')
    if (!hasOther) return [name]
    context.keep(second, await context.asker.secret({ message: 'Signing token of Candidate Deleted' }), '')
    return [name, second]
  },
  targets: async ({ asker, answers }) => {
    const isAsked = asker.isInteractive
    const note = await noteTarget(asker, answers.note)
    const wantsLink =
      answers.link ?? (isAsked && (await asker.confirm('Shall it also stand among the person’s links?', false)))
    const tag = answers.tag ?? (isAsked ? await asker.text({ message: 'Tag to add (empty: none)', initial: '' }) : '')
    const places = [...note, ...(wantsLink ? [{ link: {} }] : [])]
    if (places.length === 0) asker.say('The link has to go somewhere: a secret note is written.')
    return [...(places.length === 0 ? [SECRET_NOTE] : places), ...(tag === '' ? [] : [{ tag: { name: tag } }])]
  },
  yamlLines: (prefix, { settings }, secretNames) => [
    '# Each webhook has a token of its own.',
    `signingTokens: [${secretNames.map((name) => `"\${${name}}"`).join(', ')}]`,
    `apiKey: \${${prefix}_API_KEY}`,
    ...(settings['performAs'] === undefined
      ? []
      : ['# Whose name the notes carry.', `performAs: ${JSON.stringify(settings['performAs'])}`]),
    ...(settings['baseUrl'] === undefined ? [] : [`baseUrl: ${String(settings['baseUrl'])}`]),
  ],
  clicks: (hook) => [
    'Start the service (docker compose up -d --build, or npm start), or restart it, so that it knows the tokens.',
    `In Lever: Settings > Integrations and API > Webhooks. Candidate Stage Change and Candidate Deleted go to ${hook}`,
    SUPER_ADMIN,
    'Press "Verify connection" there, then move a test candidate into the stage: the link is there within seconds.',
  ],
}

async function noteTarget(asker: Asker, flag: string | undefined): Promise<readonly Target[]> {
  const words = ['secret', 'none']
  const note = await settle(asker, {
    given: flag ?? (asker.isInteractive ? undefined : PLAIN),
    ask: async () => ((await asker.confirm('Shall the link stand in a note?')) ? PLAIN : 'none'),
    problemOf: (word) =>
      Promise.resolve(
        word === PLAIN || words.includes(word)
          ? undefined
          : `--note must be ${words.join(' or ')}, or left out; not "${word}".`,
      ),
  })
  if (note === 'none') return []
  return [note === 'secret' ? SECRET_NOTE : { note: {} }]
}

const hookOf = ({ publicUrl, connection }: Pick<GuideContext, 'publicUrl' | 'connection'>): string | undefined =>
  publicUrl === undefined ? undefined : `${publicUrl}/webhooks/${connection}`

async function shallRegister({ asker, answers, publicUrl }: GuideContext, missing: readonly Hook[]): Promise<boolean> {
  if (answers.registerWebhook !== undefined) return answers.registerWebhook
  if (publicUrl === undefined || !asker.isInteractive) return false
  const which = missing.map(({ event }) => event).join(' and ')
  return await asker.confirm(
    `Shall the webhooks be made in Lever now? (${which}; else you make them there and paste their tokens.)`,
  )
}

async function register(
  { asker, tools, keep, ...context }: GuideContext,
  missing: readonly Hook[],
  { settings }: Identity,
  inspector: AtsInspector,
): Promise<void> {
  const url = hookOf(context)
  if (url === undefined)
    throw new SetupFailedError('To make the webhooks in Lever the public address is needed: --public-url.')
  try {
    const there = (await inspector.webhooks?.()) ?? []
    const double = missing.find(({ event }) => there.some((one) => one.url === url && one.event === event))
    // Lever takes the same webhook twice and then sends everything twice, each with a token of its own.
    if (double !== undefined)
      throw new SetupFailedError(
        `Lever has a webhook ${double.event} to ${url} already, whose token was shown once. Put it into .env as ${double.name}, or delete that webhook, and begin again.`,
      )
    for (const { event, name } of missing) {
      const token = await registerLeverWebhook(settings, tools, { event, url })
      keep(name, token, TOKENS, true)
      asker.good(`Webhook ${event} made; its token is in .env as ${name}`)
    }
  } catch (error) {
    if (error instanceof SetupFailedError) throw error
    throw new SetupFailedError(
      `Lever did not make the webhook: ${explainFailure(error)}. The key needs the permission to write webhooks; or make them in Lever by hand.`,
      { cause: error },
    )
  }
  asker.say(SUPER_ADMIN)
}
