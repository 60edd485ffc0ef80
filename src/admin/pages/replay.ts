import type { JournalEntry } from '../../journal/journal.ts'
import type { AdminTools } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { findReplayable, MAX_REPLAYED, type ReplayFilter } from '../replay.ts'
import { explained } from '../words.ts'
import type { Page } from './layout.ts'
import { address, clock, number, plural, when } from './parts.ts'

/** Says whom a replay would touch, before it does. @throws StoreUnavailableError */
export async function replayPage(filter: ReplayFilter, tools: AdminTools): Promise<Page> {
  const { entries, more } = await findReplayable(filter, tools)
  const count = entries.length
  const back = address('/admin/deliveries', { ...filter, before: undefined })
  if (count === 0) {
    return {
      title: 'Nothing to try again',
      current: 'deliveries',
      body: html`<p>No delivery fits any more. <a href="${back}">Back</a></p>`,
    }
  }
  const hidden = Object.entries(filter).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return {
    title: `Try ${number(count)} again?`,
    current: 'deliveries',
    body: html`<ul>${groupsOf(entries).map((group) => groupLine(group, tools.now()))}</ul>
<p>Interviews that exist are used again; notes that exist are not written twice.</p>
${more ? html`<p>There are more than ${number(MAX_REPLAYED)}. These are the newest; the rest stays listed.</p>` : ''}
<form method="post" action="/admin/replay">${hidden}<button>Try ${count === 1 ? 'this one' : `these ${number(count)}`} again</button> <a href="${back}">Back</a></form>
<p class="small">What changes after ${clock(filter.before, tools.now(), true)} is not part of this.</p>`,
  }
}

function groupsOf(entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] {
  return [...Map.groupBy(entries, ({ connection, reason }) => `${reason ?? ''} ${connection}`).values()]
}

function groupLine(group: readonly JournalEntry[], now: number): Html {
  const [one] = group
  const times = group.map(({ updatedAt }) => updatedAt)
  const happened = one?.reason ? explained(one.reason, one.ats).happened : ''
  return html`<li><strong>${number(group.length)} ×</strong> ${happened} <span class="small">${one?.connection}, oldest ${when(Math.min(...times), now)}, newest ${when(Math.max(...times), now)}</span></li>`
}

/** How a replay of many went. It says what was done, and no more: nothing is delivered yet. */
export function replayedPage(replayed: number, left: number): Page {
  return {
    title: 'Put back in line',
    current: 'deliveries',
    body: html`<p class="notice" role="status">${number(replayed)} put back in line.${left === 0 ? '' : ` ${number(left)} had changed meanwhile and ${left === 1 ? 'was' : 'were'} left alone.`}</p>
<p><a class="button" href="/admin">Follow ${plural(replayed, 'it', 'them').replace(/^\S+ /, '')}</a> <a class="button" href="/admin/deliveries?state=dead">What still needs you</a></p>`,
  }
}
