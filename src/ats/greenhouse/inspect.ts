import { type ZodType, z } from 'zod'
import { PermanentError } from '../../domain/errors.ts'
import type { Headers } from '../../http/exchange.ts'
import { serverClock } from '../../http/server-clock.ts'
import {
  type AtsInspector,
  defineInspector,
  type InspectedField,
  type InspectedPermission,
  type InspectedStage,
  type Named,
} from '../inspector.ts'
import { probe } from '../probe.ts'
import { HarvestClient } from './client.ts'
import { chunks } from './many-ids.ts'
import { idText, jobRow } from './schema.ts'
import { type GreenhouseSettings, greenhouseSettings } from './settings.ts'

const MAX_PAGES = 20

const anyRows = z.array(z.unknown())
const stageRow = z.object({ id: idText, name: z.string(), job_id: idText, active: z.boolean().nullish() })
const fieldRow = z.object({
  field_type: z.enum(['application', 'candidate']),
  name: z.string(),
  name_key: z.string(),
  value_type: z.string(),
  active: z.boolean().nullish(),
})

/** Types of field that take an address of any length, or nearly. @see greenhouse.md section 2.5 */
const linkTypes = ['url', 'short_text', 'long_text', 'textarea']

/** Looks at a Greenhouse account. @see greenhouse.md sections 2.2 to 2.4 (read 2026-11-24) */
export const inspectGreenhouse = defineInspector(greenhouseSettings, (settings, tools): AtsInspector => {
  const client = new HarvestClient(settings, tools)
  const ask = (name: string, query: Readonly<Record<string, string>>) =>
    client.call({
      operation: `inspect/${name}`,
      method: 'GET',
      path: `/${name}`,
      query: new URLSearchParams(query),
      schema: anyRows,
    })

  async function* list<Row>(
    name: string,
    filter: Readonly<Record<string, string>>,
    schema: ZodType<Row>,
  ): AsyncGenerator<Row> {
    const list = { operation: `inspect/${name}`, path: `/${name}`, query: filter, schema: anyRows } as const
    for await (const row of client.list({ ...list, maxPages: MAX_PAGES })) {
      const { data } = schema.safeParse(row)
      if (data !== undefined) yield data
    }
  }

  return {
    mends: greenhouseMends,
    signIn: async () => {
      try {
        // The cheapest call there is. It needs no permission of ours: 403 says that the token is taken.
        return signedIn(settings, (await ask('user_roles', { per_page: '1' })).headers)
      } catch (error) {
        if (!(error instanceof PermanentError) || error.status !== 403) throw error
        return signedIn(settings, {})
      }
    },
    permissions: async (sendsResumes) => {
      const tried = wanted(settings, sendsResumes).map(
        async ({ list: name, ...rest }): Promise<InspectedPermission> => {
          const state = await probe(() => ask(name, { per_page: '1' }))
          return { name: `harvest:${name}:list`, state, ...rest }
        },
      )
      return [...(await Promise.all(tried)), ...untried(settings)]
    },
    async *jobs(): AsyncGenerator<Named> {
      yield* list('jobs', {}, jobRow)
    },
    async *stages(jobIds): AsyncGenerator<InspectedStage> {
      for (const filter of filters(jobIds)) {
        for await (const { id, name, job_id: jobId, active } of list('job_interview_stages', filter, stageRow))
          if (active !== false) yield { id, name, jobId }
      }
    },
    async *fields(): AsyncGenerator<InspectedField> {
      for await (const row of list('custom_fields', {}, fieldRow)) {
        if (row.active === false) continue
        const { field_type: on, name, name_key: key, value_type: type } = row
        yield { on, key, name, type, takesLink: linkTypes.includes(type) }
      }
    },
  }
})

const greenhouseMends = {
  credentials:
    'make new ones in Configure > Dev Center > API Credential Management, type Harvest V3 (OAuth); if userId is set, it must be a user of this account',
  permission: 'tick it in Configure > Dev Center > API Credential Management; the acting user must be a site admin',
  field: 'correct the key in bridge.yaml, or make the field in Configure > Custom Options',
}

function signedIn({ userId }: GreenhouseSettings, headers: Headers): Awaited<ReturnType<AtsInspector['signIn']>> {
  const theirNow = serverClock(headers)
  const who = userId === undefined ? 'signed in' : `signed in as user ${userId}`
  const limit = headers['x-ratelimit-limit']
  return {
    says: typeof limit === 'string' ? `${who}; limit ${limit} calls per 30 s` : who,
    ...(theirNow !== undefined && { theirNow }),
  }
}

const filters = (jobIds: readonly string[] | undefined): readonly Readonly<Record<string, string>>[] =>
  jobIds === undefined ? [{}] : chunks(jobIds).map((part) => ({ job_ids: part.join(',') }))

interface WantedList {
  readonly list: string
  readonly neededTo: string
  readonly isVital: boolean
}

function wanted({ writeBack }: GreenhouseSettings, sendsResumes: boolean): readonly WantedList[] {
  const vital = (list: string, neededTo: string) => ({ list, neededTo, isVital: true })
  const helpful = (list: string, neededTo: string) => ({ list, neededTo, isVital: false })
  return [
    vital('applications', 'read applications'),
    vital('candidates', 'read name and e-mail'),
    vital('jobs', 'load whoever has applied: the name of the job'),
    helpful('job_interview_stages', 'find people whose webhook was lost'),
    helpful('application_stages', 'find people whose webhook was lost'),
    ...(writeBack.some(({ note }) => note) ? [vital('notes', 'look for a note before writing it again')] : []),
    ...(writeBack.some(({ customField }) => customField) ? [helpful('custom_fields', 'check the field here')] : []),
    ...(sendsResumes ? [vital('attachments', 'offer resumes')] : []),
  ]
}

function untried({ writeBack }: GreenhouseSettings): readonly InspectedPermission[] {
  const entry = (name: string, neededTo: string): InspectedPermission => {
    return { name, neededTo, state: 'untried', isVital: true }
  }
  const places = [...new Set(writeBack.flatMap(({ customField }) => (customField ? [customField.on] : [])))]
  return [
    ...(writeBack.some(({ note }) => note) ? [entry('harvest:notes:create', 'write the note')] : []),
    ...places.map((on) => entry(`harvest:${on}s:update`, `write the ${on} field`)),
  ]
}
