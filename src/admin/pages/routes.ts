import type { Route } from '../../domain/connection.ts'
import type { JournalEntry } from '../../journal/journal.ts'
import type { AdminTools } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { atsLabel, targetWords } from '../words.ts'
import type { Page } from './layout.ts'
import { address, copyable, number, when } from './parts.ts'

const WEEK_MS = 7 * 86_400_000
/** Newest deliveries of a connection from which its routes are counted. */
const LOOK_AT = 1_000
const PAGE = 200

const stores = {
  redis: 'Redis: shared by all replicas.',
  postgres: 'PostgreSQL: shared by all replicas.',
  embedded:
    'Embedded store: inside this process, for trying out and for small teams. It survives a killed process, but not a power cut. Set REDIS_URL or DATABASE_URL for more.',
} as const

/** What each route matches; bridge.yaml is the truth. @throws StoreUnavailableError */
export async function routesPage(tools: AdminTools): Promise<Page> {
  const recent = await Promise.all(tools.connections.map(({ name }) => recentOf(name, tools)))
  const entries = recent.flat()
  return {
    title: 'Routes',
    current: 'routes',
    body: html`<p>From bridge.yaml, read at the start; to change one, change the file and restart. <code>bridge doctor</code> compares stages, jobs and fields with the ATS.</p>
${tools.routes.length === 0 ? html`<p>There is no route yet: nothing will be delivered.</p>` : table(entries, tools)}
<h2>Webhook addresses</h2>
<ul class="plain">${tools.connections.map(({ name, ats }) => html`<li>${atsLabel(ats)} (${name}): ${copyable(`Webhook address of ${name}`, `${tools.publicUrl ?? 'https://<this service’s address>'}/webhooks/${name}`)}</li>`)}</ul>
<h2 id="store">Store</h2><p>${stores[tools.storeKind]}</p>`,
  }
}

/** The newest deliveries of a connection in seven days, as far as they are looked at. */
async function recentOf(connection: string, { journal, now }: AdminTools): Promise<readonly JournalEntry[]> {
  const since = now() - WEEK_MS
  const entries: JournalEntry[] = []
  let cursor: string | undefined
  do {
    const page = await journal.list({ connection, limit: PAGE, ...(cursor !== undefined && { cursor }) })
    entries.push(...page.items.filter(({ receivedAt }) => receivedAt >= since))
    cursor = page.items.every(({ receivedAt }) => receivedAt >= since) ? page.nextCursor : undefined
  } while (cursor !== undefined && entries.length < LOOK_AT)
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
  const more = entries.length >= LOOK_AT ? 'at least ' : ''
  const extras = [route.status, route.sendResume ? 'with resume' : undefined].filter((part) => part !== undefined)
  return html`<tr><th scope="row">${place} <a href="${address('/admin/deliveries', { connection: route.connection })}">${route.connection}</a></th>
<td data-label="Stage">${route.stage}</td><td data-label="Jobs">${route.jobs?.join(', ') ?? 'every job'}</td>
<td data-label="Interviewer"><code>${route.interviewer}</code>${extras.length === 0 ? '' : html` <span class="small">${extras.join(', ')}</span>`}</td>
<td data-label="Written to">${targets.map(targetWords).join(', ')}</td>
<td data-label="Last 7 days">${own.length === 0 ? 'no match' : html`${more}${number(own.length)}, last ${when(last, tools.now())}`}</td></tr>`
}
