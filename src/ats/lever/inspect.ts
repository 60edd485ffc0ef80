import { z } from 'zod'
import { PermanentError } from '../../domain/errors.ts'
import { serverClock } from '../../http/server-clock.ts'
import { type AtsInspector, defineInspector, type InspectedPermission, type Named } from '../inspector.ts'
import { probe } from '../probe.ts'
import { LeverClient } from './client.ts'
import { leverReads } from './reads.ts'
import { stagesPage } from './schema.ts'
import { type LeverSettings, leverSettings } from './settings.ts'

const MAX_PAGES = 20

const anyPage = z.object({ data: z.array(z.looseObject({ id: z.string() })) })
const postingsPage = z.object({
  data: z.array(z.object({ id: z.string(), text: z.string() })),
  hasNext: z.boolean().nullish(),
  next: z.string().nullish(),
})
const webhooksPage = z.object({ data: z.array(z.object({ id: z.string(), event: z.string(), url: z.string() })) })

/** Looks at a Lever account. @see lever.md sections 1.1, 2 and 3 (read 2026-11-24) */
export const inspectLever = defineInspector(leverSettings, (settings, tools): AtsInspector => {
  const client = new LeverClient(settings, tools)
  const reads = leverReads(client, tools)
  const ask = (path: string) =>
    client.call({
      operation: `inspect/${path.split('/').at(-1)}`,
      method: 'GET',
      path: `/${path}`,
      query: new URLSearchParams({ limit: '1' }),
      schema: anyPage,
    })

  /** Notes and resumes are read below an opportunity; without one to look at, nothing can be said. */
  const below = async (list: string): Promise<InspectedPermission['state']> => {
    try {
      const id = (await ask('opportunities')).body.data[0]?.id
      return id === undefined ? 'untried' : await probe(() => ask(`opportunities/${encodeURIComponent(id)}/${list}`))
    } catch (error) {
      if (error instanceof PermanentError && (error.status === 403 || error.status === 404)) return 'untried'
      throw error
    }
  }

  async function* named(path: string, schema: typeof stagesPage | typeof postingsPage): AsyncGenerator<Named> {
    const rows = client.list({ operation: `inspect/${path}`, path: `/${path}`, schema, maxPages: MAX_PAGES })
    for await (const { id, text } of rows) yield { id, name: text }
  }

  return {
    mends: leverMends,
    signIn: async () => {
      try {
        const theirNow = serverClock((await ask('stages')).headers)
        return { says: 'key accepted', ...(theirNow !== undefined && { theirNow }) }
      } catch (error) {
        if (!(error instanceof PermanentError) || error.status !== 403) throw error
        return { says: 'key accepted' }
      }
    },
    permissions: async (sendsResumes) => {
      const tried = wanted(settings, sendsResumes).map(async ({ path, ...rest }): Promise<InspectedPermission> => {
        const isBelow = path === 'notes' || path === 'resumes'
        return { ...rest, state: isBelow ? await below(path) : await probe(() => ask(path)) }
      })
      return [...(await Promise.all(tried)), ...untried(settings)]
    },
    jobs: () => named('postings', postingsPage),
    stages: () => named('stages', stagesPage),
    webhooks: async () => {
      const { body } = await client.call({
        operation: 'inspect/webhooks',
        method: 'GET',
        path: '/webhooks',
        schema: webhooksPage,
      })
      return body.data
    },
    ...(settings.performAs !== undefined && {
      authorExists: async () => (await reads.userId(settings.performAs ?? '')) !== undefined,
    }),
  }
})

const leverMends = {
  credentials: 'make a new key in Settings > Integrations and API > API credentials',
  permission:
    'make a new key with it in Settings > Integrations and API > API credentials: permissions cannot be added to an old one',
}

interface WantedRead {
  readonly path: string
  readonly name: string
  readonly neededTo: string
  readonly isVital: boolean
}

function wanted({ writeBack, performAs }: LeverSettings, sendsResumes: boolean): readonly WantedRead[] {
  const entry = (path: string, neededTo: string, isVital: boolean): WantedRead => {
    return { path, name: `${path}:read`, neededTo, isVital }
  }
  return [
    entry('opportunities', 'read opportunities', true),
    entry('stages', 'tell stages by their names', true),
    entry('postings', 'name postings, and match routes that name theirs', false),
    ...(writeBack.some(({ note }) => note) ? [entry('notes', 'look for a note before writing it again', true)] : []),
    ...(performAs === undefined ? [] : [entry('users', 'find the user named in performAs', true)]),
    ...(sendsResumes ? [entry('resumes', 'offer resumes', true)] : []),
  ]
}

function untried({ writeBack }: LeverSettings): readonly InspectedPermission[] {
  const entry = (name: string, neededTo: string): InspectedPermission => {
    return { name, neededTo, state: 'untried', isVital: true }
  }
  return [
    ...(writeBack.some(({ note }) => note) ? [entry('notes:write', 'write the note')] : []),
    ...(writeBack.some(({ link, tag }) => link ?? tag) ? [entry('opportunities:write', 'write link and tag')] : []),
  ]
}
