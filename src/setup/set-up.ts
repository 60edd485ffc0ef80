import { randomBytes } from 'node:crypto'
import type { AtsTools } from '../ats/adapter.ts'
import { atsDefinitions } from '../ats/registry.ts'
import { ConfigError } from '../config/config-error.ts'
import { calledAs } from '../config/env.ts'
import { loadSettings } from '../config/load-settings.ts'
import { fillPlaceholders } from '../config/placeholders.ts'
import { commandTools } from '../doctor/ats-tools.ts'
import { memoryCache } from '../doctor/borrowed.ts'
import { type Asker, SetupFailedError } from './asker.ts'
import { type Addition, previousAnswers, withConnection } from './bridge-file.ts'
import { choosePlace } from './choose-route.ts'
import { chooseAddress, chooseInterviewer, chooseVendor } from './choose-vendor.ts'
import { difference } from './difference.ts'
import type { EnvDraft } from './env-draft.ts'
import { greenhouseGuide } from './greenhouse-guide.ts'
import type { Answers, Guide, GuideContext } from './guide.ts'
import { leverGuide } from './lever-guide.ts'
import type { Fill } from './merge-groups.ts'
import { routeLines, targetLine } from './route-lines.ts'
import { modeOf, saveFile, textOf } from './save-file.ts'
import { checkPermissions, inspectorOf, signIn } from './sign-in.ts'

/** The guide of every ATS. */
export const guides = { greenhouse: greenhouseGuide, lever: leverGuide } satisfies Record<
  keyof typeof atsDefinitions,
  Guide
>

/** What the wizard is started with. */
export interface Setup {
  readonly ats: keyof typeof guides
  readonly answers: Answers
  readonly asker: Asker
  readonly draft: EnvDraft
  /** Path of `bridge.yaml`. */
  readonly document: string
  readonly dispatcher: AtsTools['dispatcher']
}

/** The part of variables' names that tells connections apart. */
export function prefixOf(connection: string): string {
  const upper = connection.toUpperCase().replaceAll('-', '_')
  return /^\d/.test(upper) ? `_${upper}` : upper
}

/** Leads through the whole set-up of one connection. @throws SetupFailedError, CancelledError, RetryableError, PermanentError */
export async function setUp({ ats, answers, asker, draft, document, dispatcher }: Setup): Promise<void> {
  const guide: Guide = guides[ats]
  const connection = answers.connection ?? ats
  const prefix = prefixOf(connection)
  const previous = previousAnswers(textOf(document), connection, ats, filling(draft))
  const agrees = async (what: string) => answers.yes === true || (asker.isInteractive && (await asker.confirm(what)))

  asker.heading('1/7 Address')
  const publicUrl = await chooseAddress(asker, answers, draft)
  asker.heading('2/7 InterviewFlowAI')
  const ask = await chooseVendor(asker, answers, draft, dispatcher)

  asker.heading(`3/7 ${guide.title}: credentials`)
  const context: GuideContext = {
    asker,
    answers,
    connection,
    publicUrl,
    previous,
    tools: commandTools(connection, ats, { dispatcher, cache: memoryCache(), now: Date.now }),
    value: (name) => draft.value(name),
    keep: (name, value, comment, now = false) => {
      draft.keep(name, value, comment)
      if (now) draft.writeNow(name)
    },
  }
  const { identity, inspector } = await signIn(ats, guide, context, prefix, draft)
  await checkPermissions(context, guide, inspector, false)

  asker.heading('4/7 Secrets')
  const secretNames = await guide.webhooks(context, prefix, identity, inspector)
  if (draft.value('ADMIN_PASSWORD') === undefined) {
    draft.keep('ADMIN_PASSWORD', randomBytes(18).toString('base64url'), 'Password of the user "admin"')
    asker.good('A password for the user "admin" was made; it goes into .env as ADMIN_PASSWORD')
  }
  await draft.write(asker, agrees)

  asker.heading('5/7 Stage and interviewer')
  const place = await choosePlace(context, inspector)
  const interviewer = await chooseInterviewer(context, ask)

  asker.heading('6/7 Where the link goes')
  const targets = await guide.targets(context, inspector)
  // Now it is known what will be written, and so what that needs.
  const complete = inspectorOf(ats, { ...identity.settings, writeBack: targets }, context.tools)
  await checkPermissions(context, guide, complete, true)

  asker.heading('7/7 bridge.yaml')
  const connectionYaml = [
    `ats: ${ats}`,
    ...guide.yamlLines(prefix, identity, secretNames),
    '# Where the link goes, in this order.',
    'writeBack:',
    ...targets.map((target) => `  - ${targetLine(target)}`),
  ]
  const route = { connection, ...place, interviewer, ...(answers.sendResume === true && { sendResume: true }) }
  const addition = { connection, connectionYaml: connectionYaml.join('\n'), routeYaml: routeLines(route).join('\n') }
  await writeDocument(document, addition, { asker, draft, agrees })
  asker.heading('What is left to do')
  const hook = `${publicUrl ?? 'https://<your host>'}/webhooks/${connection}`
  asker.say(guide.clicks(hook, prefix).join('\n'))
  asker.good(`To check everything: ${calledAs()} doctor; with Docker: docker compose exec bridge bridge doctor.`)
  asker.good(
    `To try it without the ATS’s webhook: the same with simulate --connection ${connection} --application <id>`,
  )
}

/** Fills in variables; a text whose variable is not set stays, and is refused where it is checked. */
const filling =
  (draft: EnvDraft): Fill =>
  (text) => {
    const { document, problems } = fillPlaceholders(text, draft.all())
    return problems.length === 0 ? String(document) : text
  }

async function writeDocument(
  file: string,
  addition: Addition,
  { asker, draft, agrees }: { asker: Asker; draft: EnvDraft; agrees: (what: string) => Promise<boolean> },
): Promise<void> {
  const before = textOf(file)
  const after = withConnection(before, addition, filling(draft))
  refuseBroken(draft.all(), after)
  if (after === before) {
    asker.good(`${file} is as it should be already`)
    return
  }
  asker.say([`${file}:`, ...difference(before, after).map((line) => `  ${line}`)].join('\n'))
  if (before !== '' && !(await agrees(`Write this to ${file}?`)))
    throw new SetupFailedError(`${file} is there already and was left as it is; with --yes it is changed as shown.`)
  const hasCopy = saveFile(file, after, modeOf(file) ?? 0o644)
  asker.good(`${file} written${hasCopy ? `; the earlier one is ${file}.bak` : ''}`)
}

/** What the service would refuse is not written. */
function refuseBroken(variables: Readonly<Record<string, string>>, document: string): void {
  try {
    loadSettings({ ...variables, BRIDGE_CONFIG_YAML: document }, atsDefinitions)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const problems = error.problems.map(({ where, message }) => `  ${where} ${message}`)
    throw new SetupFailedError(['Together with what is there already this would not work:', ...problems].join('\n'), {
      cause: error,
    })
  }
}
