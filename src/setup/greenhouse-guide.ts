import { randomBytes } from 'node:crypto'
import { greenhouseSettings } from '../ats/greenhouse/settings.ts'
import type { InspectedField } from '../ats/inspector.ts'
import { whatThereIs } from '../doctor/find-named.ts'
import { settle } from './asker.ts'
import type { Guide, GuideContext, Target } from './guide.ts'

const visibilities = ['private', 'public', 'admin_only', 'none'] as const

/** Setting up Greenhouse. @see greenhouse.md sections 1.1, 1.2 and 2.2 */
export const greenhouseGuide: Guide = {
  title: 'Greenhouse',
  secrets: (prefix) => [
    {
      name: `${prefix}_CLIENT_ID`,
      message: 'Client id (Configure > Dev Center > API Credential Management > Create, type Harvest V3 (OAuth))',
    },
    { name: `${prefix}_CLIENT_SECRET`, message: 'Client secret (shown once, beside the id)' },
  ],
  identify: async ({ asker, answers, previous, value }, prefix) => {
    const userId =
      answers.userId ??
      (asker.isInteractive
        ? await asker.text({
            message: 'Id of the Greenhouse user whose name the notes carry, a site admin (empty: the credentials’ own)',
            initial: previous.userId ?? '',
            check: (text) =>
              text === '' || greenhouseSettings.shape.userId.safeParse(text).success
                ? undefined
                : 'The id is a number; it stands in the address of the user’s page.',
          })
        : (previous.userId ?? ''))
    const baseUrl = answers.baseUrl ?? previous.baseUrl
    const authUrl = answers.authUrl ?? answers.baseUrl ?? previous.authUrl
    return {
      settings: {
        webhookSecrets: ['not known yet'],
        clientId: value(`${prefix}_CLIENT_ID`),
        clientSecret: value(`${prefix}_CLIENT_SECRET`),
        ...(userId !== '' && { userId }),
        ...(baseUrl !== undefined && { baseUrl }),
        ...(authUrl !== undefined && { authUrl }),
      },
    }
  },
  webhooks: async ({ asker, value, keep }, prefix) => {
    const name = `${prefix}_WEBHOOK_SECRET`
    if (value(name) === undefined) {
      keep(name, randomBytes(32).toString('hex'), 'Secret key of the webhooks in Greenhouse, the same for each')
      asker.good(`A secret for the webhooks was made; it goes into .env as ${name}`)
    } else asker.good(`The webhooks’ secret ${name} is there already and is kept`)
    return await Promise.resolve([name])
  },
  targets: async (context, inspector) => {
    const fields: InspectedField[] = []
    const read = async () => {
      for await (const field of inspector.fields?.() ?? []) if (field.takesLink) fields.push(field)
      return true
    }
    const areShown = await context.asker.during('Reading custom fields …', () => read().catch(() => false))
    const note = await noteTarget(context)
    const field = areShown ? await fieldTarget(context, fields) : unseenField(context)
    if (note.length + field.length > 0) return [...note, ...field]
    context.asker.say('The link has to go somewhere: a private note is written.')
    return [{ note: { visibility: 'private' } }]
  },
  yamlLines: (prefix, { settings }, secretNames) => [
    '# Several while one is being rotated, or one for each webhook.',
    `webhookSecrets: [${secretNames.map((name) => `"\${${name}}"`).join(', ')}]`,
    `clientId: \${${prefix}_CLIENT_ID}`,
    `clientSecret: \${${prefix}_CLIENT_SECRET}`,
    ...(settings['userId'] === undefined
      ? []
      : ['# Whose name the notes carry.', `userId: ${String(settings['userId'])}`]),
    ...['baseUrl', 'authUrl'].flatMap((key) =>
      settings[key] === undefined ? [] : [`${key}: ${String(settings[key])}`],
    ),
  ],
  clicks: (hook, prefix) => [
    'Start the service (docker compose up -d --build, or npm start), or restart it, so that it knows the secret: Greenhouse pings at once when a webhook is saved, and keeps one whose ping fails switched off.',
    'In Greenhouse: Configure > Dev Center > Web Hooks > Web Hooks > Create new, four times, all with the same address and secret:',
    '  When: "Candidate has changed stage"; then "Candidate has been anonymized", "Candidate deleted", "Candidate merged"',
    `  Endpoint URL: ${hook}`,
    `  Secret key: the value of ${prefix}_WEBHOOK_SECRET in .env`,
    '  Error recipient: somebody who reads it',
    'Save. If one is shown as disabled, its ping failed: see "bridge doctor", then switch it on by hand.',
    'Move a test candidate into the stage: the link is there within seconds.',
  ],
}

async function noteTarget({ asker, answers }: GuideContext): Promise<readonly Target[]> {
  const visibility = await settle(asker, {
    given: answers.note ?? (asker.isInteractive ? undefined : 'private'),
    ask: () =>
      asker.choose({
        message: 'Shall the link stand in a note?',
        choices: [
          { value: 'private', label: 'a private note', hint: 'people who may see private notes' },
          { value: 'public', label: 'a public note', hint: 'everybody on the hiring team' },
          { value: 'admin_only', label: 'a note for admins alone' },
          { value: 'none', label: 'no note' },
        ],
      }),
    problemOf: (value) =>
      Promise.resolve(
        visibilities.some((one) => one === value)
          ? undefined
          : `--note must be ${visibilities.join(', ')}; not "${value}".`,
      ),
  })
  return visibility === 'none' ? [] : [{ note: { visibility } }]
}

const idOf = ({ on, key }: InspectedField): string => `${on}:${key}`

async function fieldTarget(
  { asker, answers }: GuideContext,
  shown: readonly InspectedField[],
): Promise<readonly Target[]> {
  // A candidate's field is one for all their applications, so the application's own comes first.
  const fields = shown.toSorted((left, right) => left.on.localeCompare(right.on))
  const none = 'none'
  if (answers.field === undefined && fields.length === 0) {
    asker.say(
      'There is no custom field of type URL or text for the link. One on the application lets mail templates use it; it can be added later.',
    )
    return []
  }
  const chosen = await settle(asker, {
    given: answers.field ?? (asker.isInteractive ? undefined : none),
    ask: () =>
      asker.choose({
        message: 'Shall the link also go into a custom field? Mail templates can use one.',
        choices: [
          ...fields.map((field) => ({
            value: idOf(field),
            label: `${field.name} (${field.on})`,
            hint: `${field.key}, ${field.type}`,
          })),
          { value: none, label: 'no field' },
        ],
      }),
    problemOf: (value) => {
      if (value === none || fields.some((field) => idOf(field) === value)) return Promise.resolve(undefined)
      const names = fields.map((field) => ({ id: idOf(field), name: idOf(field) }))
      return Promise.resolve(`Greenhouse has no field "${value}" that takes a link; ${whatThereIs(value, names)}.`)
    },
  })
  return chosen === none ? [] : [asTarget(chosen)]
}

function unseenField({ asker, answers }: GuideContext): readonly Target[] {
  asker.say('These credentials may not list custom fields (harvest:custom_fields:list), so none can be chosen here.')
  return answers.field === undefined || answers.field === 'none' ? [] : [asTarget(answers.field)]
}

function asTarget(chosen: string): Target {
  const [on = '', key = ''] = chosen.split(':')
  return { customField: { on, key } }
}
