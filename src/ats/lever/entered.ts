import { comparable } from '../../domain/delivery.ts'
import { PermanentError } from '../../domain/errors.ts'
import type { StageEntry } from '../../domain/stage-change.ts'
import type { AtsAdapter, AtsTools } from '../adapter.ts'
import type { LeverClient } from './client.ts'
import { advancedRow, opportunitiesPage, stagesPage } from './schema.ts'

/** Far more than any account has: a guard against a list that never ends. */
const MAX_PAGES = 10_000

/**
 * Asks who entered the stages and is there now. `advanced_at` covers archiving too and says nothing of which stage, so
 * the opportunity's own history decides.
 * @see lever.md section 3.3 (vendor's documentation "Opportunities", read 2026-11-23)
 */
export function enteredAtLever(client: LeverClient, tools: Pick<AtsTools, 'connection' | 'log'>) {
  const entered: AtsAdapter['entered'] = async function* (since, stages, signal) {
    const names = await stageNames(client, stages, signal)
    if (names.size === 0) return
    let odd = 0
    for await (const row of advanced(client, since, [...names.keys()], signal)) {
      const { data } = advancedRow.safeParse(row)
      if (data === undefined) odd += 1
      const entry = data && entryOf(data, names)
      if (entry && entry.enteredAt >= since) yield entry
    }
    if (odd > 0)
      tools.log.warn(
        { connection: tools.connection, rows: odd },
        'the sweep passed over rows that are not as documented',
      )
  }
  return entered
}

/** Names of the account's stages that are wanted by name or id. */
async function stageNames(client: LeverClient, stages: readonly string[], sweep: AbortSignal) {
  const wanted = new Set(stages.map(comparable))
  const names = new Map<string, string>()
  const request = {
    operation: 'sweep/stages',
    path: '/stages',
    schema: stagesPage,
    maxPages: MAX_PAGES,
    sweep,
  } as const
  for await (const { id, text } of client.list(request))
    if (wanted.has(comparable(id)) || wanted.has(comparable(text))) names.set(id, text)
  return names
}

/** What a key without access to confidential data gets for `all` is not documented: if a refusal, it is asked without. */
async function* advanced(
  client: LeverClient,
  since: number,
  stageIds: readonly string[],
  sweep: AbortSignal,
): AsyncGenerator<unknown> {
  const query = new URLSearchParams([
    ...stageIds.map((id): [string, string] => ['stage_id', id]),
    ['advanced_at_start', String(since)],
    ['archived', 'false'],
    ['expand', 'applications'],
  ])
  const request = {
    operation: 'sweep/opportunities',
    path: '/opportunities',
    schema: opportunitiesPage,
    sweep,
  } as const
  const all = new URLSearchParams([...query, ['confidentiality', 'all']])
  let hasBegun = false
  try {
    for await (const row of client.list({ ...request, query: all, maxPages: MAX_PAGES })) {
      hasBegun = true
      yield row
    }
  } catch (error) {
    const isRefused = error instanceof PermanentError && (error.status === 400 || error.status === 403)
    if (hasBegun || !isRefused) throw error
    yield* client.list({ ...request, query, maxPages: MAX_PAGES })
  }
}

function entryOf(
  row: ReturnType<typeof advancedRow.parse>,
  names: ReadonlyMap<string, string>,
): StageEntry | undefined {
  const { id, contact, stage, archived, archivedAt, isAnonymized } = row
  const isOver = (archived ?? undefined) !== undefined || (archivedAt ?? undefined) !== undefined
  const stageId = stage?.id
  const stageName = stageId === undefined ? undefined : names.get(stageId)
  if (stageId === undefined || stageName === undefined || isOver || isAnonymized === true) return undefined
  const times = (row.stageChanges ?? [])
    .filter(({ toStageId }) => toStageId === stageId)
    .map((change) => change.updatedAt)
  if (times.length === 0) return undefined
  const enteredAt = Math.max(...times)
  const jobId = row.applications?.[0]?.posting ?? undefined
  return {
    applicationId: id,
    candidateId: contact?.id ?? id,
    stageId,
    stageName,
    ...(jobId && { jobId }),
    mark: String(enteredAt),
    enteredAt,
  }
}
