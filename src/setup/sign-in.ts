import type { AtsTools } from '../ats/adapter.ts'
import type { AtsInspector } from '../ats/inspector.ts'
import { atsInspectors } from '../ats/inspectors.ts'
import { atsDefinitions } from '../ats/registry.ts'
import { checkPart } from '../config/schema-problems.ts'
import { signInFailure } from '../doctor/connection-checks.ts'
import { SetupFailedError } from './asker.ts'
import type { EnvDraft } from './env-draft.ts'
import type { Guide, GuideContext, Identity } from './guide.ts'

/** What looks with these settings. @throws SetupFailedError the ATS's schema does not take them */
export function inspectorOf(ats: keyof typeof atsInspectors, settings: object, tools: AtsTools): AtsInspector {
  const { problems } = checkPart(atsDefinitions[ats].settings, settings)
  if (problems.length === 0) return atsInspectors[ats](settings, tools)
  const lines = problems.map(({ where, message }) => `  ${where}: ${message}`)
  throw new SetupFailedError(['These settings of the connection do not work:', ...lines].join('\n'))
}

/**
 * Settles the ATS's credentials, tried at once.
 * @throws SetupFailedError they are refused and nobody can be asked; a setting that was not asked for is of no use
 */
export async function signIn(
  ats: keyof typeof atsInspectors,
  guide: Guide,
  context: GuideContext,
  prefix: string,
  draft: EnvDraft,
): Promise<{ readonly identity: Identity; readonly inspector: AtsInspector }> {
  const { asker, tools } = context
  const wanted = guide.secrets(prefix)
  let isFirst = true
  for (;;) {
    for (const { name, message } of wanted) {
      // What is there already is tried before anybody is asked.
      if (!isFirst || draft.value(name) === undefined) draft.keep(name, await asker.secret({ message }))
    }
    const identity = await guide.identify(context, prefix)
    const inspector = inspectorOf(ats, identity.settings, tools)
    try {
      const { says } = await asker.during(`Asking ${guide.title} …`, () => inspector.signIn())
      asker.good(`${guide.title}: ${says}`)
      return { identity, inspector }
    } catch (error) {
      const { message, fix } = signInFailure(error, guide.title, inspector)
      const problem = `${message}: ${fix ?? ''}.`
      if (!asker.isInteractive) throw new SetupFailedError(problem, { cause: error })
      asker.bad(problem)
      isFirst = false
    }
  }
}

/**
 * Shows which permissions are missing, until they are there or the person goes on without.
 * @param tellsUntried whether to name those that could not be tried
 * @throws SetupFailedError
 */
export async function checkPermissions(
  { asker, answers }: GuideContext,
  guide: Guide,
  inspector: AtsInspector,
  tellsUntried: boolean,
): Promise<void> {
  for (;;) {
    const permissions = await asker.during('Trying permissions …', () =>
      inspector.permissions(answers.sendResume ?? false),
    )
    const missing = permissions.filter(({ state }) => state === 'missing')
    const untried = permissions.filter(({ state }) => state === 'untried').map(({ name }) => name)
    for (const { name, neededTo } of missing) asker.bad(`Permission ${name} is missing, needed to ${neededTo}`)
    if (tellsUntried && untried.length > 0)
      asker.say(`These could not be tried, so see that they are ticked: ${untried.join(', ')}`)
    if (missing.length === 0) {
      asker.good(`${guide.title}: every permission that can be tried is there`)
      return
    }
    asker.say(`To mend it: ${inspector.mends.permission}.`)
    const vital = missing.find(({ isVital }) => isVital)
    if (!asker.isInteractive) {
      if (vital === undefined) return
      throw new SetupFailedError(`${guide.title} lacks the permission ${vital.name}: ${inspector.mends.permission}.`)
    }
    if (!(await asker.confirm('Try again?', vital !== undefined))) return
  }
}
