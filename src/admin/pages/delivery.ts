import { atsProfile } from '../../ats/profiles.ts'
import { triedUntil } from '../../deliver/verdict.ts'
import type { TimelineEntry } from '../../domain/delivery.ts'
import { ERASED_ID, type JournalEntry } from '../../journal/journal.ts'
import type { AdminTools } from '../admin-tools.ts'
import { awaitsLink } from '../give-link.ts'
import { type Html, html } from '../html.ts'
import { isReplayable, noDelivery, personErased } from '../replay.ts'
import { atsLabel, explained, plural, stateWords, tell } from '../words.ts'
import { placeOf, sentence } from './deliveries.ts'
import type { Page } from './layout.ts'
import { clock, copyable, shortly, stateMark, when } from './parts.ts'

/** Lines of the timeline that stand open; older ones are folded. */
const OPEN_LINES = 15

/** What a person has just done here. */
export interface DeliveryPageState {
  readonly done?: 'replayed' | 'linked'
  /** The link that was refused, and why. */
  readonly refused?: { readonly link: string; readonly message: string; readonly status: number }
}

/** One delivery: what happened, whose turn it is, what to do. @throws AdminError there is none */
export async function deliveryPage(id: string, did: DeliveryPageState, tools: AdminTools): Promise<Page> {
  // In this order: whoever is told of an end is told how it came about.
  const entry = await tools.journal.find(id)
  if (!entry) throw noDelivery()
  const timeline = await tools.journal.timeline(id)
  return {
    title: entry.applicationId === ERASED_ID ? 'Delivery' : `Application ${entry.applicationId}`,
    current: 'deliveries',
    // A refusal is answered at the form's address, from where nothing can be fetched again.
    ...(did.refused
      ? { status: did.refused.status }
      : { changes: `/admin/changes?delivery=${encodeURIComponent(id)}` }),
    body: html`${did.done === undefined ? '' : doneWords(did.done, entry)}
<section id="state" data-live aria-labelledby="state-h"><h2 id="state-h" class="hidden">State</h2>
<p class="big">${stateMark(entry.state)} ${sentence(entry, tools)}${goesOn(entry, tools.now())}</p>
${toDo(entry)}</section>
<section id="link-form" data-live aria-label="Give the link">${awaitsLink(entry) ? linkForm(entry, did.refused) : ''}</section>
<section id="link" data-live aria-label="Interview link">${await knownLink(entry, tools)}</section>
${facts(entry, tools)}
<section id="timeline" data-live aria-labelledby="timeline-h"><h2 id="timeline-h">What happened</h2>${history(timeline, entry, tools.now())}</section>
${support(entry, tools)}`,
  }
}

function goesOn({ state, reason, roundStartedAt, refusedSince }: JournalEntry, now: number): Html | string {
  if (state !== 'retrying' || reason === undefined || roundStartedAt === undefined) return ''
  const until = triedUntil(reason, { roundStartedAt, refusedSince })
  return Number.isFinite(until) ? html` It goes on until ${clock(until, now)}.` : ''
}

function doneWords(done: 'replayed' | 'linked', { state, ats }: JournalEntry): Html {
  const words = done === 'replayed' ? 'Put back in line.' : `Link stored. It is being written to ${atsLabel(ats)} now.`
  const further = state === 'delivered' ? '' : ' What becomes of it shows below.'
  return html`<p class="notice" role="status">${words}${further}</p>`
}

function toDo(entry: JournalEntry): Html {
  const words = entry.reason && explained(entry.reason, entry.ats)
  const advice =
    words && words.owner !== 'nobody'
      ? html`<p><strong>Do this:</strong> ${words.toDo}</p>${copyForIt(entry, words.owner)}`
      : ''
  const again = isReplayable(entry)
    ? html`<form method="post" action="/admin/deliveries/${entry.id}/replay"><button${awaitsLink(entry) ? '' : html` class="main"`}>Try again${awaitsLink(entry) ? ' without a link' : ''}</button></form>`
    : ''
  return html`${advice}${again}`
}

function copyForIt({ id, reason, ats }: JournalEntry, owner: string): Html | string {
  if (owner !== 'it' || reason === undefined) return ''
  const { happened, toDo: mend } = explained(reason, ats)
  return html`<p>It is for IT to do: ${copyable('Message for IT', `${happened} ${mend} (delivery ${id}, ${reason})`)}</p>`
}

function linkForm({ id, reason }: JournalEntry, refused: DeliveryPageState['refused']): Html {
  const error = refused === undefined ? '' : html`<p class="error" id="link-error">${refused.message}</p>`
  const described = refused === undefined ? '' : html` aria-invalid="true" aria-describedby="link-error" autofocus`
  return html`<h2 id="give" tabindex="-1">Give the link</h2>
<form method="post" action="/admin/deliveries/${id}/link" class="give">
<label for="interview-link">${reason === 'link-expired' ? 'Link of the new interview' : 'Interview link'}, as InterviewFlowAI shows it</label>
<input id="interview-link" name="interviewLink" type="url" required maxlength="2000" value="${refused?.link ?? ''}" placeholder="https://…"${described}>
${error}<button class="main">Give this link</button></form>`
}

async function knownLink(entry: JournalEntry, { ledger }: AdminTools): Promise<Html | string> {
  if (entry.person === undefined) return ''
  const link = (await ledger.findInterview(entry.person))?.interview?.link
  if (link === undefined) return ''
  if (entry.reason === 'link-expired') return html`<p>The link that has expired: <code>${link}</code></p>`
  const words =
    entry.state === 'delivered'
      ? 'Interview link:'
      : 'The interview exists. Until its link is written, it can be sent by hand:'
  return html`<p>${words} ${copyable('Interview link', link)}</p>`
}

function facts(entry: JournalEntry, tools: AdminTools): Html {
  const profile = atsProfile(entry.ats)
  const isErased = entry.applicationId === ERASED_ID
  const number = tools.routes.findIndex(({ id }) => id === entry.routeId)
  return html`<section aria-labelledby="facts-h"><h2 id="facts-h" class="hidden">Facts</h2><dl class="facts">
<div><dt>Application</dt><dd><code>${entry.applicationId}</code>${profile === undefined || isErased ? '' : html` <a href="${profile.address(entry)}" rel="noreferrer" target="_blank">Open in ${profile.label}<span class="hidden"> (new tab)</span></a>`}</dd></div>
<div><dt>Candidate</dt><dd><code>${entry.candidateId}</code></dd></div>
<div><dt>Job and stage</dt><dd>${placeOf(entry)}</dd></div>
<div><dt>Connection</dt><dd>${entry.connection}</dd></div>
<div><dt>Route</dt><dd>${number < 0 ? 'no longer in bridge.yaml' : html`<a href="/admin/routes">Route ${number + 1}</a>`}, interviewer <code>${entry.interviewer}</code></dd></div>
<div><dt>Came</dt><dd>${when(entry.receivedAt, tools.now())}</dd></div>
<div><dt>Attempts</dt><dd>${entry.attempts}</dd></div>
</dl></section>`
}

function history(timeline: readonly TimelineEntry[], entry: JournalEntry, now: number): Html {
  const stage = entry.stageName ?? entry.stageId
  const line = ({ at, durationMs, ...told }: TimelineEntry) =>
    html`<li class="${told.outcome === 'failed' || told.outcome.endsWith(' refused') ? 'failed' : 'done'}">${clock(at, now, true)} <span>${tell({ at, ...told }, { ats: entry.ats, stage })}</span> <span class="small">${durationMs === undefined ? '' : shortly(durationMs)}</span></li>`
  const newest = timeline.toReversed()
  const older = newest.slice(OPEN_LINES)
  return html`<ol class="timeline">${newest.slice(0, OPEN_LINES).map(line)}</ol>
${older.length === 0 ? '' : html`<details id="older"><summary>${plural(older.length, 'older line')}</summary><ol class="timeline">${older.map(line)}</ol></details>`}`
}

function support(entry: JournalEntry, { version }: AdminTools): Html {
  const words = [entry.id, entry.state, entry.reason, `bridge ${version}`]
    .filter((part) => part !== undefined)
    .join(', ')
  const forget =
    entry.applicationId === ERASED_ID
      ? ''
      : html`<p><a href="/admin/deliveries/${entry.id}/forget">Erase everything about this person…</a></p>`
  return html`<section aria-labelledby="support-h"><h2 id="support-h">More</h2><p>For support: ${copyable('For support', words)}</p>${forget}</section>`
}

/** Asks before everything about a delivery's person is erased. @throws AdminError there is none */
export async function forgetPage(id: string, tools: AdminTools): Promise<Page> {
  const entry = await tools.journal.find(id)
  if (!entry) throw noDelivery()
  if (entry.candidateId === ERASED_ID) throw personErased()
  const others = await tools.journal.list({ q: entry.candidateId, connection: entry.connection, limit: 200 })
  return {
    title: 'Erase everything about this person?',
    current: 'deliveries',
    body: html`<p>Candidate <code>${entry.candidateId}</code> at ${entry.connection}: ${plural(others.items.length, 'delivery', 'deliveries')} here, with their ids, and the interview link. ${stateWords.queued} ones are cancelled. Counts stay.</p>
<p>It cannot be undone, and nothing more is written for this person. What stands in ${atsLabel(entry.ats)} and at InterviewFlowAI stays there.</p>
<form method="post" action="/admin/deliveries/${id}/forget"><button class="danger">Erase</button> <a href="/admin/deliveries/${id}">Back</a></form>`,
  }
}
