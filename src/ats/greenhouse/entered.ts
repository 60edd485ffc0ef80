import type { ZodType } from 'zod'
import { comparable } from '../../domain/delivery.ts'
import type { StageEntry } from '../../domain/stage-change.ts'
import type { AtsAdapter, AtsTools } from '../adapter.ts'
import type { HarvestClient } from './client.ts'
import { chunks } from './many-ids.ts'
import type { PathOf } from './operations.ts'
import { applicationStageRow, interviewStageRow, jobRow, rows, standingRow } from './schema.ts'

/** Where an application's row for its current stage says it has been since. */
interface Whereabouts {
  readonly applicationId: string
  readonly stageId: string
  readonly enteredAt: number
  readonly mark: string
}

/** Reads a list to its end, in the sweep's share of the limit. */
type List = <Row>(
  path: PathOf<'sweep'>,
  filters: Readonly<Record<string, string>>,
  schema: ZodType<Row>,
) => Promise<Row[]>

/**
 * Asks who entered the stages and is there now. The stages repeat from job to job under other ids, so they are found
 * by name; the rows of stages not yet visited have no time; the application itself tells candidate, job and whether it
 * is over.
 * @see greenhouse.md sections 2.4 and 2.7
 */
export function enteredAtGreenhouse(client: HarvestClient, tools: Pick<AtsTools, 'connection' | 'log'>) {
  const entered: AtsAdapter['entered'] = async function* (since, stages, signal) {
    const list = sweepList(client, tools, signal)
    const wanted = new Set(stages.map(comparable))
    const plan = (await list('/job_interview_stages', {}, interviewStageRow)).filter(
      ({ id, name }) => wanted.has(id) || wanted.has(comparable(name)),
    )
    const stageNames = new Map(plan.map(({ id, name }) => [id, name]))
    const recent: Whereabouts[] = []
    for (const ids of chunks([...stageNames.keys()]))
      recent.push(...(await whereabouts(ids, list)).filter(({ enteredAt }) => enteredAt >= since))
    for (const chunk of chunks(recent)) yield* await describe(chunk, stageNames, list)
  }
  return entered
}

async function whereabouts(stageIds: readonly string[], list: List): Promise<Whereabouts[]> {
  const filters = { job_interview_stage_ids: stageIds.join(','), current: 'true' }
  const found = await list('/application_stages', filters, applicationStageRow)
  return found.flatMap(({ application_id: applicationId, job_interview_stage_id: stageId, entered_at: mark }) => {
    const enteredAt = Date.parse(mark ?? '')
    return mark && !Number.isNaN(enteredAt) ? [{ applicationId, stageId, enteredAt, mark }] : []
  })
}

/** Adds what the application says, where it is still under way. */
async function describe(
  chunk: readonly Whereabouts[],
  stageNames: ReadonlyMap<string, string>,
  list: List,
): Promise<StageEntry[]> {
  const ids = [...new Set(chunk.map(({ applicationId }) => applicationId))]
  const applications = new Map(
    (await list('/applications', { ids: ids.join(',') }, standingRow)).map((row) => [row.id, row]),
  )
  const jobIds = [...new Set([...applications.values()].flatMap(({ job_id: jobId }) => jobId ?? []))]
  const jobs = jobIds.length === 0 ? [] : await list('/jobs', { ids: jobIds.join(',') }, jobRow)
  const jobNames = new Map(jobs.map(({ id, name }) => [id, name]))
  return chunk.flatMap(({ applicationId, stageId, enteredAt, mark }) => {
    const application = applications.get(applicationId)
    if (!application || isOver(application.status) || application.prospect === true) return []
    const stageName = stageNames.get(stageId)
    const jobId = application.job_id ?? undefined
    const jobName = jobId && jobNames.get(jobId)
    return {
      applicationId,
      candidateId: application.candidate_id,
      stageId,
      ...(stageName && { stageName }),
      ...(jobId && { jobId }),
      ...(jobName && { jobName }),
      mark,
      enteredAt,
    }
  })
}

/** A word we do not know is left to the load step. */
const isOver = (status: string | null | undefined) =>
  status === 'rejected' || status === 'hired' || status === 'converted'

function sweepList(
  client: HarvestClient,
  { connection, log }: Pick<AtsTools, 'connection' | 'log'>,
  signal: AbortSignal,
): List {
  return async (path, filters, schema) => {
    const found: (typeof schema)['_output'][] = []
    let odd = 0
    const all = client.list({ operation: `sweep${path}`, path, query: filters, schema: rows, sweep: signal })
    for await (const row of all) {
      const { data } = schema.safeParse(row)
      if (data === undefined) odd += 1
      else found.push(data)
    }
    if (odd > 0)
      log.warn({ connection, list: path, rows: odd }, 'the sweep passed over rows that are not as documented')
    return found
  }
}
