import type { AtsInspector, InspectedStage, Named } from '../ats/inspector.ts'
import { isMeant, whatThereIs } from '../doctor/find-named.ts'
import { comparable } from '../domain/delivery.ts'
import { type Asker, settle } from './asker.ts'
import type { GuideContext } from './guide.ts'

/** Which stage and jobs a route is for. */
export interface ChosenPlace {
  readonly stage: string
  /** Names where a name means one job, else ids; absent: every job. */
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
  return { stage, ...(jobs !== undefined && { jobs: jobs.map(({ written }) => written) }) }
}

interface ChosenJob extends Named {
  /** How the route names it: whoever reads the file knows a name, but one that two jobs have would cover both. */
  readonly written: string
}

async function chooseJobs(
  asker: Asker,
  given: readonly string[] | undefined,
  inspector: AtsInspector,
): Promise<readonly ChosenJob[] | undefined> {
  if (given === undefined && (!asker.isInteractive || (await asker.confirm('Is it for every job?')))) return undefined
  const all = await asker.during('Reading jobs …', () => readSome(inspector.jobs()))
  const meantBy = (wanted: string) => all.filter((job) => isMeant(job, wanted))
  const sameName = Map.groupBy(all, ({ name }) => comparable(name))
  const isAlone = ({ name }: Named) => sameName.get(comparable(name))?.length === 1
  const wanted = await settle(asker, {
    given,
    ask: () =>
      asker.chooseMany({
        message: 'For which jobs? (Tab chooses, Enter ends)',
        choices: all
          .toSorted((left, right) => left.name.localeCompare(right.name))
          .map((job) => ({ value: job.id, label: job.name, ...(!isAlone(job) && { hint: job.id }) })),
      }),
    problemOf: (entries) => {
      const problems = entries.map((entry) => jobProblem(entry, meantBy(entry), all))
      return Promise.resolve(problems.find((problem) => problem !== undefined))
    },
  })
  const isFlag = wanted === given
  return wanted.flatMap((entry) =>
    meantBy(entry).map((job) => {
      const isId = isFlag && comparable(job.name) !== comparable(entry)
      return { ...job, written: isId || !isAlone(job) ? job.id : job.name }
    }),
  )
}

function jobProblem(wanted: string, meant: readonly Named[], all: readonly Named[]): string | undefined {
  if (meant.length === 0) return `There is no job "${wanted}"; ${whatThereIs(wanted, all)}.`
  if (meant.length === 1) return undefined
  return `"${wanted}" may be any of these jobs: ${meant.map(({ id, name }) => `${id} (${name})`).join(', ')}. Give the id.`
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
