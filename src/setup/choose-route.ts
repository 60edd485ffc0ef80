import type { AtsInspector, InspectedStage, Named } from '../ats/inspector.ts'
import { findNamed, isMeant, whatThereIs } from '../doctor/find-named.ts'
import { comparable } from '../domain/delivery.ts'
import { type Asker, settle } from './asker.ts'
import type { GuideContext } from './guide.ts'

/** Which stage and jobs a route is for. */
export interface ChosenPlace {
  readonly stage: string
  /** Names; absent: every job. */
  readonly jobs?: readonly string[]
}

const MAX_LISTED = 2_000

async function readSome<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of list) {
    items.push(item)
    if (items.length >= MAX_LISTED) break
  }
  return items
}

/** Lets the person choose among the ATS's real jobs and stages. @throws RetryableError, PermanentError, SetupFailedError */
export async function choosePlace(
  { asker, answers, previous }: GuideContext,
  inspector: AtsInspector,
): Promise<ChosenPlace> {
  const jobs = await chooseJobs(asker, answers.jobs, inspector)
  const jobIds = jobs?.map(({ id }) => id)
  const stages = await asker.during('Reading stages …', () => readSome(inspector.stages(jobIds)))
  const groups = groupStages(stages)
  const wanted = await settle(asker, {
    given: answers.stage,
    ask: () =>
      asker.choose({
        message: 'Who enters which stage gets an interview?',
        choices: groups.map(({ name, jobCount }) => {
          const hint = jobCount === 0 ? undefined : `${jobCount} ${jobCount === 1 ? 'job' : 'jobs'}`
          return { value: name, label: name, ...(hint !== undefined && { hint }) }
        }),
        ...initialOf(groups, previous.stage),
      }),
    problemOf: (given) =>
      Promise.resolve(
        stages.some((one) => isMeant(one, given))
          ? undefined
          : `There is no stage "${given}"; ${whatThereIs(given, stages)}.`,
      ),
  })
  // Names are compared loosely, and written as the ATS has them.
  const stage = stages.some(({ id }) => id === wanted) ? wanted : nameAsThere(wanted, groups)
  asker.good(
    `Stage "${stage}"${jobs === undefined ? ', for every job' : `, for ${jobs.map(({ name }) => name).join(', ')}`}`,
  )
  return { stage, ...(jobs !== undefined && { jobs: jobs.map(({ name }) => name) }) }
}

async function chooseJobs(
  asker: Asker,
  given: readonly string[] | undefined,
  inspector: AtsInspector,
): Promise<readonly Named[] | undefined> {
  if (given === undefined && (!asker.isInteractive || (await asker.confirm('Is it for every job?')))) return undefined
  const all = await asker.during('Reading jobs …', () => readSome(inspector.jobs()))
  const names = await settle(asker, {
    given,
    ask: () =>
      asker.chooseMany({
        message: 'For which jobs? (Tab chooses, Enter ends)',
        choices: all
          .toSorted((left, right) => left.name.localeCompare(right.name))
          .map(({ name }) => ({ value: name, label: name })),
      }),
    problemOf: (wanted) => {
      const unknown = wanted.find((one) => !all.some((job) => isMeant(job, one)))
      return Promise.resolve(
        unknown === undefined ? undefined : `There is no job "${unknown}"; ${whatThereIs(unknown, all)}.`,
      )
    },
  })
  const { found } = await findNamed(each(all), names)
  return names.flatMap((name) => found.get(name) ?? [])
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  await Promise.resolve()
  yield* items
}

interface StageGroup {
  readonly name: string
  /** 0 where stages belong to no job. */
  readonly jobCount: number
}

/** Stages of one name are one choice: a route names the stage, not one job's row of it. */
function groupStages(stages: readonly InspectedStage[]): readonly StageGroup[] {
  const groups = new Map<string, { name: string; jobs: Set<string> }>()
  for (const { name, jobId } of stages) {
    const group = groups.get(comparable(name)) ?? { name: name.trim(), jobs: new Set<string>() }
    groups.set(comparable(name), group)
    if (jobId !== undefined) group.jobs.add(jobId)
  }
  return [...groups.values()].map(({ name, jobs }) => ({ name, jobCount: jobs.size }))
}

const nameAsThere = (wanted: string, groups: readonly StageGroup[]): string =>
  groups.find(({ name }) => comparable(name) === comparable(wanted))?.name ?? wanted

function initialOf(groups: readonly StageGroup[], previous: string | undefined): { initial?: string } {
  const likely =
    groups.find(({ name }) => previous !== undefined && comparable(name) === comparable(previous)) ??
    groups.find(({ name }) => /\bai\b/i.test(name)) ??
    groups.find(({ name }) => /interview/i.test(name))
  return likely === undefined ? {} : { initial: likely.name }
}
