import type { AtsInspector, InspectedPermission, SignIn } from '../ats/inspector.ts'
import { PermanentError, RetryableError } from '../domain/errors.ts'
import type { Clocks } from './clocks.ts'
import { explainFailure } from './explain-failure.ts'
import { fieldFindings, wantedFields } from './field-findings.ts'
import { type Check, type Finding, fail, pass, warn } from './finding.ts'
import { type PlacedRoute, type Remembered, routeFindings } from './route-findings.ts'

/** One connection, with all that is needed to look at it. */
export interface ConnectionCase {
  readonly name: string
  /** The ATS as people call it. */
  readonly title: string
  readonly settings: unknown
  readonly routes: readonly PlacedRoute[]
  readonly inspector: AtsInspector
  readonly clocks: Clocks
  /** What earlier deliveries knew; gives nothing where the store cannot be read. */
  remembered(): Promise<readonly Remembered[]>
}

/** The checks of one connection. All but the first say nothing where the credentials are not taken. */
export function connectionChecks(given: ConnectionCase): readonly Check[] {
  const { name, inspector } = given
  let trying: Promise<SignIn> | undefined
  // Begun by whichever check comes first; the others wait for it.
  const signIn = () => {
    trying ??= inspector.signIn()
    return trying
  }
  const whenIn = (run: () => AsyncIterable<Finding>): Check => ({
    check: name,
    async *run() {
      const isIn = await signIn().then(
        () => true,
        () => false,
      )
      if (isIn) yield* unlessRefused(given, run())
    },
  })
  return [
    { check: name, run: () => signInFindings(given, signIn) },
    whenIn(() => permissionFindings(given)),
    whenIn(async function* () {
      yield* routeFindings(given.routes, inspector, await given.remembered())
    }),
    whenIn(async function* () {
      yield* await fieldFindings(wantedFields(given.settings), inspector)
    }),
    whenIn(() => authorFindings(given)),
  ]
}

async function* signInFindings(
  { title, inspector, clocks }: ConnectionCase,
  signIn: () => Promise<SignIn>,
): AsyncGenerator<Finding> {
  try {
    const { says, theirNow } = await signIn()
    clocks.noteRough(title, theirNow, Date.now())
    yield pass(says)
  } catch (error) {
    yield signInFailure(error, title, inspector)
  }
}

/** What a failed sign-in means. */
export function signInFailure(error: unknown, title: string, { mends }: Pick<AtsInspector, 'mends'>): Finding {
  if (error instanceof RetryableError && error.reason === 'ats-refusing-key')
    return fail(`${title} refuses the credentials (${error.status ?? 401})`, mends.credentials)
  return fail(
    `${title} cannot be asked: ${explainFailure(error)}`,
    'look at the addresses in bridge.yaml and at the way out of this machine',
  )
}

/** A list that is forbidden has been told of by the permissions; what else fails is told here. */
async function* unlessRefused({ title }: ConnectionCase, findings: AsyncIterable<Finding>): AsyncGenerator<Finding> {
  try {
    yield* findings
  } catch (error) {
    if (error instanceof PermanentError && error.status === 403) return
    const fix = 'run it again in a minute; the rest has been checked'
    if (error instanceof RetryableError && error.reason === 'rate-limited')
      yield warn(`${title} allows no more calls for the moment, so not everything could be checked`, fix)
    else yield fail(`${title} did not answer everything: ${explainFailure(error)}`, fix)
  }
}

async function* permissionFindings({ routes, inspector }: ConnectionCase): AsyncGenerator<Finding> {
  const permissions = await inspector.permissions(routes.some(({ route }) => route.sendResume))
  const tried = permissions.filter(({ state }) => state !== 'untried')
  const granted = tried.filter(({ state }) => state === 'granted')
  yield* tried.filter(({ state }) => state === 'missing').map((one) => missingFinding(one, inspector))
  const untried = permissions.filter(({ state }) => state === 'untried').map(({ name }) => name)
  const rest = untried.length === 0 ? '' : `; not to be told by reading: ${untried.join(', ')}`
  yield pass(`${granted.length} of ${tried.length} permissions that can be tried${rest}`)
}

function missingFinding({ name, neededTo, isVital }: InspectedPermission, { mends }: AtsInspector): Finding {
  return (isVital ? fail : warn)(`permission ${name} is missing, needed to ${neededTo}`, mends.permission)
}

async function* authorFindings({ inspector }: ConnectionCase): AsyncGenerator<Finding> {
  if (inspector.authorExists === undefined) return
  yield (await inspector.authorExists())
    ? pass('the user named as author is there')
    : fail(
        'the user named as author is not there',
        'correct performAs in bridge.yaml: an e-mail address of an active user',
      )
}
