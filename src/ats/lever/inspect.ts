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
/** Enough that one of them has an application: a sourced lead has none. */
const EXPANDED_ROWS = '20'

const anyPage = z.object({ data: z.array(z.looseObject({ id: z.string() })) })
const postingsPage = z.object({
  data: z.array(z.object({ id: z.string(), text: z.string() })),
  hasNext: z.boolean().nullish(),
  next: z.string().nullish(),
})
const webhooksPage = z.object({ data: z.array(z.object({ id: z.string(), event: z.string(), url: z.string() })) })

type Row = z.output<typeof anyPage>['data'][number]
type State = InspectedPermission['state']

/** Looks at a Lever account. @see lever.md sections 1.1, 2 and 3 (read 2026-11-24) */
export const inspectLever = defineInspector(leverSettings, (settings, tools): AtsInspector => {
  const client = new LeverClient(settings, tools)
  const reads = leverReads(client, tools)
  const ask = (path: string, query: Readonly<Record<string, string>> = {}) =>
    client.call({
      operation: `inspect/${path.split('/').at(-1)}`,
      method: 'GET',
      path: `/${path}`,
      query: new URLSearchParams({ limit: '1', ...query }),
      schema: anyPage,
    })

  /** What is read of an opportunity: without one to look at, nothing can be said. */
  const ofOpportunities = async (look: (first: Row | undefined) => Promise<State>): Promise<State> => {
    try {
      return await look((await ask('opportunities')).body.data[0])
    } catch (error) {
      if (error instanceof PermanentError && (error.status === 403 || error.status === 404)) return 'untried'
      throw error
    }
  }

  const ways: Readonly<Record<WantedRead['way'], (path: string) => Promise<State>>> = {
    list: (path) => probe(() => ask(path)),
    below: (path) =>
      ofOpportunities(async (first) =>
        first ? await probe(() => ask(`opportunities/${encodeURIComponent(first.id)}/${path}`)) : 'untried',
      ),
    expand: (path) =>
      ofOpportunities(async () => {
        let found: unknown[] = []
        const state = await probe(async () => {
          const { body } = await ask('opportunities', { limit: EXPANDED_ROWS, expand: path })
          found = body.data.flatMap((row) => row[path] ?? [])
        })
        if (state === 'missing') return state
        if (found.length === 0) return 'untried'
        // Whether Lever refuses or leaves the id as it is, is not documented; loading can do with neither.
        return found.every((one) => typeof one === 'string') ? 'missing' : 'granted'
      }),
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
      const tried = wanted(settings, sendsResumes).map(
        async ({ way, path, name, neededTo }): Promise<InspectedPermission> => {
          return { name, neededTo, state: await ways[way](path), isVital: true }
        },
      )
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
  readonly way: 'list' | 'below' | 'expand'
  readonly path: string
  readonly name: string
  readonly neededTo: string
}

function wanted({ writeBack, performAs }: LeverSettings, sendsResumes: boolean): readonly WantedRead[] {
  const entry = (way: WantedRead['way'], path: string, neededTo: string, name = `${path}:read`): WantedRead => {
    return { way, path, name, neededTo }
  }
  return [
    entry('list', 'opportunities', 'read opportunities'),
    entry('list', 'stages', 'tell stages by their names'),
    entry('list', 'postings', 'load whoever has applied: the name of the posting'),
    entry('expand', 'contact', 'tell who may be written to, and where', 'contacts:read'),
    entry('expand', 'applications', 'tell which posting an opportunity is for'),
    ...(writeBack.some(({ note }) => note) ? [entry('below', 'notes', 'look for a note before writing it again')] : []),
    ...(performAs === undefined ? [] : [entry('list', 'users', 'find the user named in performAs')]),
    ...(sendsResumes ? [entry('below', 'resumes', 'offer resumes')] : []),
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
