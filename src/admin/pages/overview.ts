import type { Look } from '../../alert/look.ts'
import type { Trouble } from '../../alert/trouble.ts'
import { explainTrouble } from '../../alert/words.ts'
import { type DeliveryReason, retryingReasons } from '../../domain/reasons.ts'
import type { SweepState } from '../../sweep/sweep-state.ts'
import type { AdminTools } from '../admin-tools.ts'
import { settledByLink } from '../give-link.ts'
import { type Html, html } from '../html.ts'
import { atsLabel, atsOf, explained, named, number, plural } from '../words.ts'
import { bars, line } from './charts.ts'
import type { Page } from './layout.ts'
import { type ConnectionView, type DeadGroup, type Overview, readOverview } from './overview-data.ts'
import { address, copyable, shortly, span, stateMark, webhookAddress, when } from './parts.ts'

/** The home page: first whether anything needs a person, then numbers. @throws StoreUnavailableError */
export async function overviewPage(tools: AdminTools, look: Look): Promise<Page> {
  const view = await readOverview(tools, look)
  const { counts, troubles } = view
  const isNew = Object.values(counts).every((count) => count === 0) && view.ignored + view.refused === 0
  const hasHeard = view.connections.some(({ lastWebhookAt }) => lastWebhookAt !== undefined)
  return {
    title: 'Overview',
    current: 'overview',
    changes: '/admin/changes',
    ...(counts.dead + troubles.length > 0 && { alert: `(${number(counts.dead + troubles.length)}) Needs you` }),
    body: html`${isNew && !hasHeard ? firstSteps(tools) : html`<section id="first" data-live></section>`}${needsYou(view, tools)}<div class="pair">${now(view, tools)}${lastDay(view)}</div>${connections(view, tools)}`,
  }
}

function firstSteps({ connections, publicUrl }: AdminTools): Html {
  return html`<section id="first" data-live aria-labelledby="first-h"><h2 id="first-h">No webhook has arrived yet</h2>
<ol>
<li>In each ATS, make a webhook for stage changes to its address here:
<ul class="plain">${connections.map(({ name, ats }) => html`<li>${atsLabel(ats)}: ${copyable(`Webhook address of ${name}`, webhookAddress(publicUrl, name))}</li>`)}</ul>
with the secret that stands in bridge.yaml.${publicUrl === undefined ? ' PUBLIC_URL is not set, so put your own address in front.' : ''}</li>
<li>Move a test candidate to the stage of one of the <a href="/admin/routes">routes</a>.</li>
<li>They appear here within seconds. If not, run <code>bridge doctor</code>.</li>
</ol></section>`
}

function needsYou({ dead, troubles, aLinkDeliveredAt, counts }: Overview, tools: AdminTools): Html {
  const many = counts.dead + troubles.length
  const none = html`<p>${stateMark('delivered', 'Nothing needs you.')}${aLinkDeliveredAt === undefined ? '' : html` A link was delivered ${when(aLinkDeliveredAt, tools.now())}.`}</p>`
  return html`<section id="needs" data-live aria-labelledby="needs-h"><h2 id="needs-h">Needs you${many > 0 ? ` (${number(many)})` : ''}</h2>
${many === 0 ? none : html`<ul class="groups">${troubles.map((one) => otherTrouble(one, tools))}${dead.map((group) => deadGroup(group, tools))}</ul>`}</section>`
}

const owners = { it: 'For IT', recruiting: 'For recruiting', nobody: '' } as const

/** Trouble that no single delivery has. */
function otherTrouble(trouble: Trouble, tools: AdminTools): Html {
  const { connection, reason, count, first, last } = trouble
  const { happened, toDo } = explainTrouble(trouble)
  const say = (sentence: string) => named(sentence, atsOf(connection, tools))
  const since = first ?? last
  const at = since === undefined ? '' : html`since ${when(since, tools.now())}`
  const waiting = address('/admin/deliveries', { state: 'retrying', connection, reason })
  return html`<li><p>${stateMark('dead', '')} <strong>${say(happened)}</strong> <span class="small">${connection} ${at}</span></p>
<p class="todo"><span class="owner">${owners.it}</span> ${say(toDo)}</p>
${reason in retryingReasons && count > 0 ? html`<p class="actions"><a class="button" href="${waiting}">See ${number(count)} waiting</a></p>` : ''}</li>`
}

function deadGroup({ connection, reason, count, oldest, newest, linkless }: DeadGroup, tools: AdminTools): Html {
  const words = reason && explained(reason, atsOf(connection, tools))
  const filter = { state: 'dead', connection, reason }
  const at = tools.now()
  const of = html`<span class="hidden"> of ${connection}, ${reason ?? ''}</span>`
  const again =
    reason !== undefined && settledByLink.has(reason)
      ? html`<a class="button main" href="${linkless === undefined ? address('/admin/deliveries', filter) : `/admin/deliveries/${linkless}#give`}">Give ${count === 1 ? 'the link' : `${number(count)} links`}${of}</a>`
      : html`<a class="button" href="${address('/admin/replay', filter)}">Try ${number(count)} again…${of}</a>`
  const times = count === 1 ? html`since ${when(newest, at)}` : html`${when(oldest, at)} to ${when(newest, at)}`
  return html`<li>
<p>${stateMark('dead', `${number(count)} ×`)} <strong>${words?.happened ?? 'It ended without a reason.'}</strong> <span class="small">${connection}, ${times}</span></p>
<p class="todo">${words?.owner === undefined || words.owner === 'nobody' ? '' : html`<span class="owner">${owners[words.owner]}</span> `}${words?.toDo ?? ''}</p>
<p class="actions"><a class="button" href="${address('/admin/deliveries', filter)}">See ${number(count)}${of}</a> ${again}</p>
</li>`
}

function now({ counts, oldestWaitingMs, waiting, nextRetryAt }: Overview, tools: AdminTools): Html {
  const at = tools.now()
  const count = (state: 'queued' | 'running' | 'retrying', more: Html | string) =>
    html`<li><a href="${address('/admin/deliveries', { state })}">${stateMark(state)} ${number(counts[state])}</a>${more}</li>`
  const longest = Math.max(0, ...waiting)
  return html`<section id="now" data-live aria-labelledby="now-h"><h2 id="now-h">Now</h2>
<ul class="counts">${count('queued', oldestWaitingMs > 0 ? html`, oldest ${span(oldestWaitingMs)}` : '')}${count('running', '')}${count('retrying', nextRetryAt === undefined ? '' : html`, next ${when(nextRetryAt, at)}`)}</ul>
${longest === 0 ? html`<p>Nothing has had to wait in 24 hours.</p>` : line('Longest wait', waiting, `at most ${span(longest)} in 24 hours`, '24 h ago … now')}</section>`
}

function lastDay({ perHour, firstHour, usualMs, lapsed, ignored, refused }: Overview): Html {
  const links = perHour.reduce((sum, count) => sum + count, 0)
  const points = perHour.map((value, hour) => ({
    label: `${new Date(firstHour + hour * 3_600_000).toISOString().slice(11, 16)} UTC`,
    value,
  }))
  return html`<section id="day" data-live aria-labelledby="day-h"><h2 id="day-h">Of what came in the last 24 hours</h2>
<p><strong>${plural(links, 'link')} delivered</strong>${usualMs === undefined ? '' : `, usually within ${shortly(usualMs)}`} · ${number(lapsed)} not needed · <a href="${address('/admin/webhooks', { outcome: 'ignored' })}">${plural(ignored, 'webhook')} ignored</a> · <a href="${address('/admin/webhooks', { outcome: 'refused' })}">${number(refused)} refused</a></p>
${links === 0 ? '' : bars('Links, by the hour their delivery came', points, plural(links, 'link'))}</section>`
}

function connections({ connections: all, vendorTroubles }: Overview, tools: AdminTools): Html {
  return html`<section id="connections" data-live aria-labelledby="connections-h"><h2 id="connections-h">Connections</h2>
<table><caption class="hidden">How each connection does</caption>
<thead><tr><th scope="col">Connection</th><th scope="col">State</th><th scope="col">Last webhook</th><th scope="col">Limit used</th><th scope="col">Sweep</th></tr></thead>
<tbody>${all.map((one) => connectionRow(one, tools.now()))}
<tr><th scope="row">InterviewFlowAI</th><td data-label="State">${health(vendorTroubles, undefined)}</td><td class="none">–</td><td class="none">–</td><td class="none">–</td></tr></tbody></table></section>`
}

function health(troubles: readonly DeliveryReason[], ats: string | undefined): Html {
  const words = [...new Set(troubles.map((reason) => explained(reason, ats).happened))].join(' ')
  return words === '' ? stateMark('delivered', 'Well') : html`<span class="trouble">${words}</span>`
}

function connectionRow({ name, ats, troubles, lastWebhookAt, budget, sweep }: ConnectionView, at: number): Html {
  const used = budget && `${number(Math.ceil(budget.used))} of ${number(budget.limit)}`
  const deferred = budget ? Math.ceil(budget.deferred + budget.deferredBySweep) : 0
  const waiting = deferred >= 1 ? `, ${number(deferred)} waiting for more` : ''
  return html`<tr><th scope="row"><a href="${address('/admin/deliveries', { connection: name })}">${name}</a> <span class="small">${atsLabel(ats)}</span></th>
<td data-label="State">${health(troubles, ats)}</td>
<td data-label="Last webhook">${lastWebhookAt === undefined ? 'none yet' : when(lastWebhookAt, at)}</td>
<td data-label="Limit used">${used === undefined ? '–' : `${used}${waiting}`}</td>
<td data-label="Sweep">${sweepWords(sweep, at)}</td></tr>`
}

/** The gap: people moved of whom no webhook came. */
function sweepWords(sweep: SweepState | undefined, at: number): Html | string {
  if (sweep?.succeededAt === undefined) return 'none yet'
  const { gap = 0, succeededAt } = sweep
  const found =
    gap === 0
      ? 'nothing missed'
      : html`<span class="trouble">${plural(gap, 'stage change')} of which no webhook came, now in line</span>`
  return html`${when(succeededAt, at)}: ${found}`
}
