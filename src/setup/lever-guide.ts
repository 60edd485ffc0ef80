import type { AtsInspector } from '../ats/inspector.ts'
import { registerLeverWebhook } from '../ats/lever/register-webhook.ts'
import { leverSettings } from '../ats/lever/settings.ts'
import { explainFailure } from '../doctor/explain-failure.ts'
import { type Asker, SetupFailedError, settle } from './asker.ts'
import type { Guide, GuideContext, Identity, Target } from './guide.ts'

/** What the bridge listens to. */
const events = ['candidateStageChange', 'candidateDeleted'] as const
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
        'API key (Settings > Integrations and API > API credentials; read and write opportunities and notes, read postings, stages, users; shown once)',
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
    const name = `${prefix}_SIGNING_TOKEN`
    const second = `${name}_2`
    const known = [name, second].filter((one) => context.value(one) !== undefined)
    if (known.length > 0) {
      context.asker.good(`Signing tokens are there already and are kept: ${known.join(', ')}`)
      return known
    }
    if (await shallRegister(context)) return await register(context, [name, second], identity, inspector)
    context.asker.say(
      `In Lever: Settings > Integrations and API > Webhooks, add ${hookOf(context) ?? 'https://<your host>/webhooks/lever'} for Candidate Stage Change and Candidate Deleted, and copy the signing token of each.`,
    )
    context.keep(
      name,
      await context.asker.secret({ message: 'Signing token of Candidate Stage Change' }),
      'Signing tokens of the webhooks in Lever',
    )
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

const hookOf = ({ publicUrl, connection }: GuideContext): string | undefined =>
  publicUrl === undefined ? undefined : `${publicUrl}/webhooks/${connection}`

async function shallRegister({ asker, answers, publicUrl }: GuideContext): Promise<boolean> {
  if (answers.registerWebhook !== undefined) return answers.registerWebhook
  if (publicUrl === undefined || !asker.isInteractive) return false
  return await asker.confirm(
    'Shall the webhooks be made in Lever now? (Else you make them there and paste their tokens.)',
  )
}

async function register(
  context: GuideContext,
  names: readonly string[],
  { settings }: Identity,
  inspector: AtsInspector,
): Promise<readonly string[]> {
  const { asker, tools, keep } = context
  const url = hookOf(context)
  if (url === undefined)
    throw new SetupFailedError('To make the webhooks in Lever the public address is needed: --public-url.')
  try {
    const there = (await inspector.webhooks?.()) ?? []
    const double = there.find((one) => one.url === url && events.some((event) => event === one.event))
    // Lever takes the same webhook twice and then sends everything twice, each with a token of its own.
    if (double !== undefined)
      throw new SetupFailedError(
        `Lever has a webhook ${double.event} to ${url} already, whose token was shown once. Put it into .env as ${names[0]}, or delete that webhook, and begin again.`,
      )
    for (const [index, event] of events.entries()) {
      const token = await registerLeverWebhook(settings, tools, { event, url })
      keep(names[index] ?? '', token, index === 0 ? 'Signing tokens of the webhooks in Lever' : '', true)
      asker.good(`Webhook ${event} made; its token is in .env as ${names[index]}`)
    }
  } catch (error) {
    if (error instanceof SetupFailedError) throw error
    throw new SetupFailedError(
      `Lever did not make the webhook: ${explainFailure(error)}. The key needs the permission to write webhooks; or make them in Lever by hand.`,
      { cause: error },
    )
  }
  asker.say(SUPER_ADMIN)
  return names
}
