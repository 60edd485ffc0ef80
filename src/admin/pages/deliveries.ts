import { atsProfile } from '../../ats/profiles.ts'
import { type DeliveryState, deliveryStates } from '../../domain/delivery.ts'
import {
  type DeliveryReason,
  deadReasons,
  deliveredReasons,
  explain,
  isDeliveryReason,
  lapsedReasons,
  retryingReasons,
} from '../../domain/reasons.ts'
import { ERASED_ID, type JournalEntry, type JournalQuery } from '../../journal/journal.ts'
import { WEBHOOKS_KEPT_MS } from '../../journal/webhook-log.ts'
import { lastWebhookAt } from '../../receive/note-webhooks.ts'
import type { AdminTools } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { isReplayable } from '../replay.ts'
import { atsLabel, atsOf, explained, explainedWebhook, number, plural, stateWords } from '../words.ts'
import type { Page } from './layout.ts'
import { address, shortly, span, stateMark, when } from './parts.ts'

const namesIn = (reasons: object) => Object.keys(reasons).filter(isDeliveryReason)
const reasonsOf: Readonly<Record<DeliveryState, readonly DeliveryReason[]>> = {
  queued: [],
  running: [],
  retrying: namesIn(retryingReasons),
  delivered: namesIn(deliveredReasons),
  lapsed: namesIn(lapsedReasons),
  dead: namesIn(deadReasons),
}

/** A list of deliveries, newest first. @throws StoreUnavailableError */
export async function deliveriesPage(query: JournalQuery, tools: AdminTools): Promise<Page> {
  const { journal } = tools
  const [page, counts] = await Promise.all([journal.list(query), journal.counts()])
  const { cursor: _cursor, limit: _limit, ...filter } = query
  const { items, nextCursor } = page
  return {
    title: query.state === undefined ? 'Deliveries' : stateWords[query.state],
    current: 'deliveries',
    changes: '/admin/changes',
    ...(query.q !== undefined && { search: query.q }),
    body: html`${tabs(filter, counts, tools)}${filters(filter, tools)}
<p id="news" role="status"></p>
${items.length > 0 ? table(items, filter, tools) : nextCursor === undefined ? await nothing(filter, tools) : html`<p>None among the newest that were looked through. Further back there may be: see Older.</p>`}
<p class="pages">${query.cursor === undefined ? '' : html`<a href="${address('/admin/deliveries', filter)}">‹ Newest</a>`} ${nextCursor === undefined ? '' : html`<a href="${address('/admin/deliveries', { ...filter, cursor: nextCursor })}">Older ›</a>`}</p>`,
  }
}

type Filter = Omit<JournalQuery, 'cursor' | 'limit'>

/** A count is a link to the list of exactly these: so it leaves the other filters out. */
function tabs({ state: current, q }: Filter, counts: Readonly<Record<DeliveryState, number>>, tools: AdminTools): Html {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const tab = (state: DeliveryState | undefined, words: Html | string, count: number) =>
    html`<li><a href="${address('/admin/deliveries', { state })}"${state === current && q === undefined ? html` aria-current="true"` : ''}>${words} ${number(count)}</a></li>`
  return html`<nav id="tabs" data-live aria-label="States"><ul class="tabs">${tab(undefined, 'All', all)}${deliveryStates.map((state) => tab(state, stateMark(state), counts[state]))}<li class="small">last ${tools.retentionDays} days</li></ul></nav>`
}

function filters({ state, connection, reason, q }: Filter, tools: AdminTools): Html {
  const reasons = state === undefined ? Object.values(reasonsOf).flat() : reasonsOf[state]
  const option = (value: string, text: string, chosen: string | undefined) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`
  return html`<form class="filters" action="/admin/deliveries">
${state === undefined ? '' : html`<input type="hidden" name="state" value="${state}">`}${q === undefined ? '' : html`<input type="hidden" name="q" value="${q}">`}
<label>Connection <select name="connection">${option('', 'any', connection)}${tools.connections.map(({ name }) => option(name, name, connection))}</select></label>
${reasons.length === 0 ? '' : html`<label>Reason <select name="reason">${option('', 'any', reason)}${reasons.map((one) => option(one, explain(one).happened, reason))}</select></label>`}
<button>Apply</button> <a href="/admin/deliveries">Clear</a>${q === undefined ? '' : html` <span>Only <code>${q}</code></span>`}
</form>`
}

function table(items: readonly JournalEntry[], { state, connection, reason, q }: Filter, tools: AdminTools): Html {
  const canSelect = items.some(isReplayable)
  const canAll = state !== undefined && ['dead', 'lapsed'].includes(state) && q === undefined
  return html`<form method="post" action="/admin/replay/selected">
<table class="deliveries"><caption class="hidden">Deliveries, newest first</caption>
<thead><tr>${canSelect ? html`<th scope="col"><span class="hidden">Select</span></th>` : ''}<th scope="col">State</th><th scope="col">What</th><th scope="col">Job and stage</th><th scope="col">Application</th><th scope="col">Came</th></tr></thead>
<tbody data-rows>${items.map((entry) => row(entry, canSelect, tools))}</tbody></table>
<p class="actions">${canSelect ? html`<button>Try selected again</button>` : ''} ${canAll ? html`<a class="button" href="${address('/admin/replay', { state, connection, reason })}">Try all again…</a>` : ''}</p>
</form>`
}

function row(entry: JournalEntry, canSelect: boolean, tools: AdminTools): Html {
  const now = tools.now()
  const { id, state, applicationId, receivedAt } = entry
  const box = html`<td class="select">${isReplayable(entry) ? html`<input type="checkbox" name="id" value="${id}" aria-label="Select application ${applicationId}">` : ''}</td>`
  return html`<tr id="${id}">${canSelect ? box : ''}<td>${stateMark(state)}</td>
<td class="what"><a href="/admin/deliveries/${id}">${sentence(entry, tools)}</a></td>
<td>${placeOf(entry)}</td>
<td class="id">${applicationId === ERASED_ID ? 'erased' : html`<code>${applicationId}</code>`} <span class="small">${entry.connection}</span></td>
<td class="came">${when(receivedAt, now)}</td></tr>`
}

/** Job and stage by name, else by id. */
export function placeOf({ jobName, jobId, stageName, stageId }: JournalEntry): string {
  return [jobName ?? jobId, stageName ?? stageId].filter((part) => part !== undefined).join(' · ')
}

/** Where a delivery stands, in one sentence without its state. */
export function sentence(entry: JournalEntry, tools: Pick<AdminTools, 'now'>): Html | string {
  const { state, reason, ats, nextAttemptAt, receivedAt, updatedAt } = entry
  const now = tools.now()
  if (reason === undefined) {
    if (state === 'running') return 'At work on it.'
    if (nextAttemptAt !== undefined) return html`Put back in line; its turn comes ${when(nextAttemptAt, now)}.`
    return `${entry.updatedAt > receivedAt ? 'Put back in line' : 'Received'} ${span(now - updatedAt)} ago; it waits for its turn.`
  }
  const { happened } = explained(reason, ats)
  if (state === 'retrying' && nextAttemptAt !== undefined) {
    return html`${happened} Next try ${when(nextAttemptAt, now)}.`
  }
  return reason === 'written' ? `Link written, ${shortly(updatedAt - receivedAt)} after it came in.` : happened
}

async function nothing(filter: Filter, tools: AdminTools): Promise<Html> {
  const { q, state, connection, reason } = filter
  const { webhooks, routes, cache, now, retentionDays } = tools
  if (q === undefined) {
    const narrowed = [state, connection, reason].some((part) => part !== undefined)
    return html`<p>${narrowed ? html`No delivery fits this filter. <a href="/admin/deliveries">See all</a>.` : 'No delivery yet. One appears when a candidate is moved to the stage of a route.'}</p>`
  }
  const { items } = await webhooks.list({ q, since: now() - WEBHOOKS_KEPT_MS, limit: 5 })
  const stages = [...new Set(routes.map(({ stage }) => stage))].join(', ')
  const told = items.map((webhook) => {
    const about = webhook.outcome === 'ignored' ? [webhook.stage, webhook.job].filter(Boolean).join(' · ') : ''
    return html`<li>A webhook about it came ${when(webhook.at, now())} and was ${webhook.outcome}: ${explainedWebhook(webhook.reason, atsOf(webhook.connection, tools)).happened} ${about === '' ? '' : html`It was about ${about}.`}</li>`
  })
  const heard = await Promise.all(
    tools.connections.map(async ({ name, ats }) => ({ ats, name, at: await lastWebhookAt(cache, name) })),
  )
  const last = heard.map(
    ({ ats, name, at }) =>
      html`<li>Last webhook from ${atsLabel(ats)} (${name}): ${at === undefined ? 'none yet' : when(at, now())}</li>`,
  )
  return html`<p>No delivery for <code>${q}</code> in ${plural(retentionDays, 'day')}.</p>
${told.length > 0 ? html`<ul>${told}</ul><p>Routes listen to: ${stages}. <a href="${address('/admin/routes', { who: q })}">Would it match now?</a></p>` : html`<p>Nothing about this id arrived in 7 days. Was the candidate moved, and was the webhook switched on? <a href="${address('/admin/routes', { who: q })}">Ask the ATS where it stands</a>.</p><ul>${last}</ul>`}
${state === undefined ? '' : html`<p><a href="${address('/admin/deliveries', { q })}">Look in all states</a></p>`}`
}

/** Why a text in the search box finds nobody: it is no id and no page's address. */
export function notFindablePage(tools: AdminTools): Page {
  const labels = [...new Set(tools.connections.map(({ ats }) => atsLabel(ats)))].join(' or ')
  const examples = [...new Set(tools.connections.map(({ ats }) => ats))].flatMap((ats) => {
    const profile = atsProfile(ats)
    return profile === undefined ? [] : profile.address({ applicationId: '46194062', candidateId: '35897443' })
  })
  return {
    title: 'We keep no names',
    body: html`<p>Neither names nor e-mail addresses are kept here, so nobody can be found by them.</p>
<p>Open the person in ${labels || 'the ATS'}, copy the address of that page, and paste it into the box above. It looks like this:</p>
<ul>${examples.map((text) => html`<li><code>${text}</code></li>`)}</ul>
<p>An application’s, a candidate’s or a delivery’s id will do as well.</p>`,
  }
}
