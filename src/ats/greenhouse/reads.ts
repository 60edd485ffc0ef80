import { type ZodType, z } from 'zod'
import type { Budget } from '../../budget/budget.ts'
import { RetryableError } from '../../domain/errors.ts'
import type { AtsTools } from '../adapter.ts'
import { remembering } from '../remembering.ts'
import type { HarvestClient } from './client.ts'
import { MAX_IDS } from './many-ids.ts'
import type { PathOf } from './operations.ts'
import { type ApplicationRow, applicationRow, type CandidateRow, candidateRow, jobRow, rows } from './schema.ts'
import { sharingCalls } from './sharing-calls.ts'

/** How long a read waits for others to share its call: while calls are plenty, and once they are getting scarce. */
const BATCH_WINDOW_MS = { plenty: 10, scarce: 1_000 }
/** Candidates are asked for by those whose applications came in one call: together already. */
const CANDIDATES_WINDOW_MS = { ...BATCH_WINDOW_MS, plenty: 0 }
/** Share of the budget from which calls are scarce: then a backlog goes no faster for hurrying, only for sharing. */
const SCARCE_FROM = 0.25
const JOB_TTL_MS = 600_000
const PROBE_TTL_MS = 30_000

/** Reads records by id; undefined: the list does not have it. Reads at the same time share calls. */
export interface HarvestReads {
  application(id: string): Promise<ApplicationRow | undefined>
  candidate(id: string): Promise<CandidateRow | undefined>
  jobName(id: string): Promise<string | undefined>
  /** Whether any application at all is shown to us: an empty list with a 200 is how a missing permission looks. */
  showsAnything(): Promise<boolean>
}

/** @see greenhouse.md sections 2.3 and 2.4 (vendor's guide "list-endpoints", read 2026-11-23): there is no read by id */
function byIds<Row>(
  client: HarvestClient,
  budget: Budget,
  path: PathOf<'list'>,
  schema: ZodType<Row>,
  windowMs = BATCH_WINDOW_MS,
): (id: string) => Promise<Row | undefined> {
  const readMany = async (ids: readonly string[]): Promise<(Row | undefined | Error)[]> => {
    const query = new URLSearchParams({ ids: [...new Set(ids)].join(',') })
    const { body } = await client.call({ operation: `list${path}`, method: 'GET', path, query, schema: rows })
    const found = new Map(body.map((row) => [row.id, row]))
    return ids.map((id) => {
      const row = found.get(id)
      if (row === undefined) return undefined
      const parsed = schema.safeParse(row)
      return parsed.success ? parsed.data : new RetryableError('ats-unavailable')
    })
  }
  return sharingCalls(readMany, {
    maxIds: MAX_IDS,
    windowMs: () => (budget.usedRatio() < SCARCE_FROM ? windowMs.plenty : windowMs.scarce),
  })
}

/** Makes the reads of one connection. */
export function harvestReads(client: HarvestClient, { now, budget }: Pick<AtsTools, 'now' | 'budget'>): HarvestReads {
  const job = byIds(client, budget, '/jobs', jobRow)
  const probe = async () => {
    const query = new URLSearchParams({ per_page: '1' })
    const { body } = await client.call({
      operation: 'probe/applications',
      method: 'GET',
      path: '/applications',
      query,
      schema: z.array(z.unknown()),
    })
    return body.length > 0 || undefined
  }
  const shown = remembering(probe, { ttlMs: PROBE_TTL_MS, now })
  return {
    application: byIds(client, budget, '/applications', applicationRow),
    candidate: byIds(client, budget, '/candidates', candidateRow, CANDIDATES_WINDOW_MS),
    jobName: remembering(async (id: string) => (await job(id))?.name, { ttlMs: JOB_TTL_MS, now }),
    showsAnything: async () => (await shown('applications')) === true,
  }
}
