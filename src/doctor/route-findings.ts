import type { AtsInspector, Named } from '../ats/inspector.ts'
import type { Route } from '../domain/connection.ts'
import { comparable } from '../domain/delivery.ts'
import { findNamed, isMeant, isMeantById, whatThereIs } from './find-named.ts'
import { type Finding, fail, pass, warn } from './finding.ts'

/** A stage or job as earlier deliveries knew it. */
export interface Remembered extends Named {
  readonly kind: 'stage' | 'job'
}

/** A route with its place in the document. */
export interface PlacedRoute {
  readonly index: number
  readonly route: Route
}

/**
 * Whether every route's jobs and stage are still in the ATS.
 * @param remembered from earlier deliveries: by it, something that was renamed is found under its new name
 * @throws RetryableError, PermanentError
 */
export async function* routeFindings(
  routes: readonly PlacedRoute[],
  inspector: AtsInspector,
  remembered: readonly Remembered[],
): AsyncGenerator<Finding> {
  const wantedJobs = [...new Set(routes.flatMap(({ route }) => route.jobs ?? []))]
  const jobs = await findNamed(inspector.jobs(), wantedJobs, isMeantById)
  for (const { index, route } of routes) {
    const missing = (route.jobs ?? []).filter((job) => !jobs.found.has(job))
    for (const job of missing)
      yield missingFinding('job', job, `routes[${index}].jobs`, jobs.read, { remembered, inspector })
    const found = route.jobs?.flatMap((job) => jobs.found.get(job) ?? [])
    const jobIds = found && [...new Set(found.map(({ id }) => id))]
    if (jobIds?.length === 0) continue
    yield* stageFindings({ index, route }, jobIds, inspector, remembered)
  }
}

async function* stageFindings(
  { index, route }: PlacedRoute,
  jobIds: readonly string[] | undefined,
  inspector: AtsInspector,
  remembered: readonly Remembered[],
): AsyncGenerator<Finding> {
  const stages = await findNamed(inspector.stages(jobIds), [route.stage])
  const stage = stages.found.get(route.stage)?.[0]
  if (stage === undefined) {
    yield missingFinding('stage', route.stage, `routes[${index}].stage`, stages.read, { remembered, inspector })
    return
  }
  const where = jobIds === undefined ? 'every job' : `${jobIds.length} ${jobIds.length === 1 ? 'job' : 'jobs'}`
  yield pass(`routes[${index}]: stage "${stage.name.trim()}" is there; the route takes ${where}`)
  if (jobIds === undefined || stage.jobId === undefined || jobIds.length === 1) return
  const without = await jobsWithout(route.stage, jobIds, inspector)
  if (without.length > 0)
    yield warn(
      `routes[${index}]: ${without.length} of its jobs have no stage "${route.stage}": ${without.join(', ')}`,
      'add the stage to these jobs, or take them out of the route',
    )
}

async function jobsWithout(stage: string, jobIds: readonly string[], inspector: AtsInspector): Promise<string[]> {
  const having = new Set<string | undefined>()
  for await (const one of inspector.stages(jobIds)) if (isMeant(one, stage)) having.add(one.jobId)
  return jobIds.filter((id) => !having.has(id))
}

function missingFinding(
  kind: Remembered['kind'],
  wanted: string,
  where: string,
  read: readonly Named[],
  { remembered, inspector }: { readonly remembered: readonly Remembered[]; readonly inspector: AtsInspector },
): Finding {
  const now = renamed(kind, wanted, read, remembered)
  if (now !== undefined)
    return fail(
      `${where}: the ${kind} "${wanted}" has been renamed; it is now "${now}"`,
      `write "${now}" in bridge.yaml`,
    )
  // An empty list is how some ATSs say that we may not see any.
  const fix = read.length === 0 ? inspector.mends.permission : 'correct bridge.yaml, or the ATS'
  return fail(`${where}: no ${kind} "${wanted}"; ${whatThereIs(wanted, read)}`, fix)
}

/** The name that something has now whose id we know from the time it had the old one. */
function renamed(
  kind: Remembered['kind'],
  wanted: string,
  read: readonly Named[],
  remembered: readonly Remembered[],
): string | undefined {
  const ids = remembered
    .filter((one) => one.kind === kind && comparable(one.name) === comparable(wanted))
    .map(({ id }) => id)
  return read.find(({ id }) => ids.includes(id))?.name.trim()
}
