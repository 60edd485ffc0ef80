import {
  type LoggedWebhook,
  subjectOfWebhook,
  WEBHOOKS_KEPT_MS,
  type WebhookGroup,
  type WebhookQuery,
} from '../../journal/webhook-log.ts'
import type { AdminTools } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { atsOf, explainedWebhook, number } from '../words.ts'
import type { Page } from './layout.ts'
import { address, when } from './parts.ts'

type Filter = Omit<WebhookQuery, 'since' | 'limit' | 'cursor'>

/** Webhooks that made no delivery; those that say the same in one row. @throws StoreUnavailableError */
export async function webhooksPage({ outcome }: Filter, tools: AdminTools): Promise<Page> {
  const groups = await tools.webhooks.groups(tools.now() - WEBHOOKS_KEPT_MS)
  const count = (of: string) => groups.filter((one) => one.outcome === of).reduce((sum, one) => sum + one.count, 0)
  const shown = outcome === undefined ? groups : groups.filter((group) => group.outcome === outcome)
  const tab = (value: 'ignored' | 'refused' | undefined, words: string, many: number) =>
    html`<li><a href="${address('/admin/webhooks', { outcome: value })}"${value === outcome ? html` aria-current="true"` : ''}>${words} ${number(many)}</a></li>`
  return {
    title: 'Webhooks that made no delivery',
    current: 'webhooks',
    changes: '/admin/changes',
    body: html`<p>What an ATS told us and we had no use for, and what we refused. At most 10,000 ignored and 200 refused ones of the last 7 days; never a body.</p>
<nav id="tabs" data-live aria-label="Outcomes"><ul class="tabs">${tab(undefined, 'All', count('ignored') + count('refused'))}${tab('ignored', 'Ignored', count('ignored'))}${tab('refused', 'Refused', count('refused'))}</ul></nav>
<section id="groups" data-live aria-label="Webhooks">${shown.length === 0 ? html`<p>None. Here appear webhooks for other stages, other events, and those with a wrong signature.</p>` : groupTable(shown, tools)}</section>`,
  }
}

function groupTable(groups: readonly WebhookGroup[], tools: AdminTools): Html {
  return html`<table><caption class="hidden">Webhooks that say the same, latest first</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col">Why</th><th scope="col">Connection</th><th scope="col">First</th><th scope="col">Last</th><th scope="col">Webhooks</th></tr></thead>
<tbody>${groups.map((group) => groupRow(group, tools))}</tbody></table>`
}

function groupRow(group: WebhookGroup, tools: AdminTools): Html {
  const { outcome, connection, reason, count, first, last } = group
  const about = [group.stage, group.job].filter((part) => part !== undefined).join(' · ')
  const alike = { outcome, connection, reason, stage: group.stage ?? '', job: group.job ?? '' }
  return html`<tr><td class="many">${outcomeWord(outcome)} <strong>${number(count)} ×</strong></td>
<td>${why(reason, connection, tools)}${about === '' ? '' : html` <span class="about">${about}</span>`}</td>
<td data-label="Connection">${connection === '' ? '–' : connection}</td>
<td data-label="First">${when(first, tools.now())}</td><td data-label="Last">${when(last, tools.now())}</td>
<td><a href="${address('/admin/webhooks', { ...alike, list: '1' })}">See ${count === 1 ? 'it' : 'them'}<span class="hidden">: ${outcome}, ${reason}, ${connection}, ${about}</span></a></td></tr>`
}

const outcomeWord = (outcome: WebhookGroup['outcome']): Html =>
  outcome === 'refused'
    ? html`<span class="state dead">Refused</span>`
    : html`<span class="state lapsed">Ignored</span>`

function why(reason: string, connection: string, tools: AdminTools): Html {
  const { happened, toDo, owner } = explainedWebhook(reason, atsOf(connection, tools))
  const there = tools.connections.map(({ name }) => name).join(', ')
  const more = reason === 'unknown-connection' ? ` There is: ${there}.` : ''
  return html`${happened}${more}${owner === 'nobody' ? '' : html` <span class="todo">${toDo}</span>`}`
}

/** Single webhooks, newest first. @throws StoreUnavailableError */
export async function webhookListPage(query: Omit<WebhookQuery, 'since'>, tools: AdminTools): Promise<Page> {
  const { items, nextCursor } = await tools.webhooks.list({ ...query, since: tools.now() - WEBHOOKS_KEPT_MS })
  const { cursor: _cursor, limit: _limit, ...filter } = query
  const { outcome, reason, connection, stage, job, q } = filter
  const said = [outcome, reason, connection, stage, job, q].filter(Boolean)
  return {
    title: 'Webhooks one by one',
    current: 'webhooks',
    body: html`<p><a href="${address('/admin/webhooks', { outcome })}">‹ Back</a> ${said.length === 0 ? '' : html`Only: ${said.join(', ')}`}</p>
${items.length === 0 ? html`<p>None.</p>` : listTable(items, tools)}
<p class="pages">${nextCursor === undefined ? '' : html`<a href="${address('/admin/webhooks', { ...filter, list: '1', cursor: nextCursor })}">Older ›</a>`}</p>`,
  }
}

function listTable(items: readonly LoggedWebhook[], tools: AdminTools): Html {
  return html`<table><caption class="hidden">Webhooks, newest first</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col">Why</th><th scope="col">Application</th><th scope="col">Stage and job</th><th scope="col">Connection</th><th scope="col">Came</th></tr></thead>
<tbody>${items.map((webhook) => {
    const about = subjectOfWebhook(webhook)
    return html`<tr><td>${outcomeWord(webhook.outcome)}</td><td>${why(webhook.reason, webhook.connection, tools)}</td>
<td data-label="Application">${about.applicationId === undefined ? '–' : html`<code>${about.applicationId}</code>`}</td>
<td data-label="Stage and job">${[about.stage, about.job].filter((part) => part !== undefined).join(' · ') || '–'}</td>
<td data-label="Connection">${webhook.connection === '' ? '–' : webhook.connection}</td><td data-label="Came">${when(webhook.at, tools.now())}</td></tr>`
  })}</tbody></table>`
}
