import type { JournalEntry } from '../../journal/journal.ts'
import type { AdminTools } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { findReplayable, MAX_REPLAYED, type ReplayFilter, spreadMs } from '../replay.ts'
import { explained, number } from '../words.ts'
import type { Page } from './layout.ts'
import { address, clock, span, when } from './parts.ts'

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
<form method="post" action="/admin/replay">${hidden}${count === 1 ? '' : howFast(entries, tools)}
<p class="actions"><button class="main">Try ${count === 1 ? 'this one' : `these ${number(count)}`} again</button> <a class="button" href="${back}">Back</a></p></form>
<p class="small">What changes after ${clock(filter.before, tools.now(), true)} is not part of this.</p>`,
  }
}

/** Calls to the ATS per delivery beside those that write: a share of a read. */
const READS = 0.1
const SPEEDS = [30, 10] as const
/** More than these are spread unless a person wants otherwise. */
const MAX_AT_ONCE = 50

function howFast(entries: readonly JournalEntry[], { connections }: AdminTools): Html {
  const count = entries.length
  const minutes = connections.map(({ name, targets, limit }) => {
    const own = entries.filter(({ connection }) => connection === name).length
    return (own * (targets.length + READS)) / limit.perMinute
  })
  const atOnceMs = Math.max(1_000, ...minutes.map((each) => each * 60_000))
  const choice = (perMinute: number | undefined, words: string, more: string) => {
    const isPreset = perMinute === (count > MAX_AT_ONCE ? SPEEDS[0] : undefined)
    return html`<label class="choice"><input type="radio" name="perMinute" value="${perMinute ?? ''}"${isPreset ? html` checked` : ''}><span>${words} <span class="small">${more}</span></span></label>`
  }
  const spread = SPEEDS.map((perMinute) =>
    choice(
      perMinute,
      `${perMinute} a minute`,
      `the last has its turn in ${span(spreadMs(count, perMinute))}; whoever is moved meanwhile goes in between`,
    ),
  )
  return html`<fieldset><legend>How fast?</legend>${choice(undefined, 'All at once', `takes ${span(atOnceMs)} at least, for the ATS’s limit; whoever is moved meanwhile waits with them`)}${spread}</fieldset>`
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

/** What a replay of many did. */
export interface Replayed {
  readonly replayed: number
  /** How many had changed meanwhile. */
  readonly left: number
  /** Epoch milliseconds. */
  readonly lastTurnAt: number
}

/** How a replay of many went. It says what was done, and no more: nothing is delivered yet. */
export function replayedPage({ replayed, left, lastTurnAt }: Replayed, now: number): Page {
  const last = lastTurnAt > now ? html` The last one has its turn ${when(lastTurnAt, now)}.` : ''
  return {
    title: 'Put back in line',
    current: 'deliveries',
    body: html`<p class="notice" role="status">${number(replayed)} put back in line.${left === 0 ? '' : ` ${number(left)} had changed meanwhile and ${left === 1 ? 'was' : 'were'} left alone.`}${last}</p>
<p class="actions"><a class="button" href="/admin">Follow ${replayed === 1 ? 'it' : 'them'}</a> <a class="button" href="/admin/deliveries?state=dead">What still needs you</a></p>`,
  }
}
