import type { Route } from '../../domain/connection.ts'
import { comparable } from '../../domain/delivery.ts'
import { entriesOf } from '../../journal/entries-of.ts'
import type { JournalEntry } from '../../journal/journal.ts'
import type { AdminTools } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { atsLabel, number, targetWords } from '../words.ts'
import type { Page } from './layout.ts'
import { address, copyable, webhookAddress, when } from './parts.ts'
import { comparison, whoPart } from './routes-questions.ts'

const WEEK_MS = 7 * 86_400_000
/** Newest deliveries from which routes are counted: those of a quiet connection alone would take a search through all. */
const LOOK_AT = 1_000

const stores = {
  redis: 'Redis: shared by all replicas.',
  postgres: 'PostgreSQL: shared by all replicas.',
  embedded:
    'Embedded store: inside this process, for trying out and for small teams. It survives a killed process, but not a power cut. Set REDIS_URL or DATABASE_URL for more.',
} as const

/** What is asked of the ATS on the page; without a question it is left alone. */
export interface RoutesQuestions {
  /** A person's page address or an application's id: would it match? */
  readonly who?: string
  /** Whether stages and jobs are compared with the ATS. */
  readonly compare?: boolean
}

/** What each route matches; bridge.yaml is the truth. @throws StoreUnavailableError */
export async function routesPage({ who, compare }: RoutesQuestions, tools: AdminTools): Promise<Page> {
  const recent = await newest(tools)
  const addresses = tools.connections.map(
    ({ name, ats }) =>
      html`<li>${atsLabel(ats)} (${name}): ${copyable(`Webhook address of ${name}`, webhookAddress(tools.publicUrl, name))}</li>`,
  )
  return {
    title: 'Routes',
    current: 'routes',
    body: html`<section aria-labelledby="routes-h"><h2 id="routes-h" class="hidden">What each route takes</h2>
${tools.routes.length === 0 ? html`<p>There is no route yet: nothing will be delivered.</p>` : table(recent, tools)}
<p>They stand in bridge.yaml, which is read at the start: to change one, change the file and restart.</p>
${compare ? await comparison(tools) : html`<form action="/admin/routes#compared"><button name="compare" value="1">Compare with the ATS</button></form>`}</section>
${await whoPart(who, tools)}
<section aria-labelledby="addresses"><h2 id="addresses">Webhook addresses</h2><ul class="plain">${addresses}</ul></section>
<section aria-labelledby="store"><h2 id="store">Store</h2><p>${stores[tools.storeKind]}</p></section>`,
  }
}

/** The newest deliveries of seven days, as far as they are looked at. */
async function newest({ journal, now }: AdminTools): Promise<readonly JournalEntry[]> {
  const since = now() - WEEK_MS
  const entries: JournalEntry[] = []
  for await (const entry of entriesOf(journal, {})) {
    if (entry.receivedAt < since) break
    entries.push(entry)
    if (entries.length === LOOK_AT) break
  }
  return entries
}

function table(entries: readonly JournalEntry[], tools: AdminTools): Html {
  return html`<table><caption class="hidden">Routes in the order of bridge.yaml</caption>
<thead><tr><th scope="col">Route</th><th scope="col">Stage</th><th scope="col">Jobs</th><th scope="col">Interviewer</th><th scope="col">Written to</th><th scope="col">Last 7 days</th></tr></thead>
<tbody>${tools.routes.map((route, index) => row(route, index + 1, entries, tools))}</tbody></table>`
}

function row(route: Route, place: number, entries: readonly JournalEntry[], tools: AdminTools): Html {
  const own = entries.filter(({ routeId }) => routeId === route.id)
  const last = Math.max(...own.map(({ receivedAt }) => receivedAt))
  const targets = tools.connections.find(({ name }) => name === route.connection)?.targets ?? []
  const [more, none] =
    entries.length === LOOK_AT ? ['at least ', `none of the newest ${number(LOOK_AT)}`] : ['', 'no match']
  const extras = [route.status, route.sendResume ? 'with resume' : undefined].filter((part) => part !== undefined)
  const jobs = route.jobs?.map((job) => withName(job, own, 'jobId', 'jobName')).join(', ')
  return html`<tr><th scope="row">${place} <a href="${address('/admin/deliveries', { connection: route.connection })}">${route.connection}</a></th>
<td data-label="Stage">${withName(route.stage, own, 'stageId', 'stageName')}</td><td data-label="Jobs">${jobs ?? 'every job'}</td>
<td data-label="Interviewer"><code>${route.interviewer}</code>${extras.length === 0 ? '' : html` <span class="small">${extras.join(', ')}</span>`}</td>
<td data-label="Written to">${targets.map(targetWords).join(', ')}</td>
<td data-label="Last 7 days">${own.length === 0 ? none : html`${more}${number(own.length)}, last ${when(last, tools.now())}`}</td></tr>`
}

/** An id with the name that deliveries know it by; a name as it is. */
function withName(
  wanted: string,
  entries: readonly JournalEntry[],
  id: 'jobId' | 'stageId',
  name: 'jobName' | 'stageName',
): string {
  const known = entries.find((entry) => comparable(entry[id] ?? '') === comparable(wanted))?.[name]
  return known === undefined ? wanted : `${known} (${wanted})`
}
