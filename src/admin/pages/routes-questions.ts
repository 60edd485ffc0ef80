import type { AtsInspector } from '../../ats/inspector.ts'
import { type Finding, warn } from '../../doctor/finding.ts'
import { routeFindings } from '../../doctor/route-findings.ts'
import { PermanentError, RetryableError } from '../../domain/errors.ts'
import type { AdminTools, ShownConnection } from '../admin-tools.ts'
import { type Html, html } from '../html.ts'
import { atsLabel, explained } from '../words.ts'
import { type Match, wouldMatch } from '../would-match.ts'
import { stateMark } from './parts.ts'

/** Shorter than the server lets a handler run. */
const ANSWER_WITHIN_MS = 10_000

/** Whether every route's stage and jobs are in the ATS, asked now. */
export async function comparison(tools: AdminTools): Promise<Html> {
  const parts = await Promise.all(tools.connections.map((connection) => compared(connection, tools)))
  return html`<h3 id="compared" tabindex="-1">Compared with the ATS now</h3><ul class="plain">${parts}</ul>
<p class="small"><code>bridge doctor</code> looks at credentials, permissions and fields as well.</p>`
}

async function compared({ name, ats }: ShownConnection, tools: AdminTools): Promise<readonly Html[]> {
  const inspector = tools.inspect(name)
  const routes = tools.routes.flatMap((route, index) => (route.connection === name ? [{ route, index }] : []))
  const findings = inspector === undefined ? [] : await inTime(routeFindings(routes, inspector, []), ats, inspector)
  return findings.map(({ status, message, fix }) => {
    // The document counts from 0, people from 1.
    const words = message.replace(/^routes\[(\d+)\]/, (_all, index: string) => `Route ${Number(index) + 1}`)
    const mark = status === 'pass' ? stateMark('delivered', 'Good') : stateMark('dead', 'Look')
    return html`<li>${mark} <span class="small">${name}</span> ${words}.${fix === undefined ? '' : html` <span class="todo">What to do: ${fix}.</span>`}</li>`
  })
}

/** What was found until the time was over, or the ATS failed. */
async function inTime(
  findings: AsyncIterable<Finding>,
  ats: string,
  { mends }: AtsInspector,
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), ANSWER_WITHIN_MS)
  const steps = findings[Symbol.asyncIterator]()
  try {
    for (;;) {
      const step = await Promise.race([steps.next(), late.promise])
      if (step === 'late')
        return [...found, warn(`${atsLabel(ats)} takes long, so not everything could be compared`, 'run bridge doctor')]
      if (step.done) return found
      found.push(step.value)
    }
  } catch (error) {
    if (!(error instanceof RetryableError || error instanceof PermanentError)) throw error
    const fix = error.reason === 'ats-refusing-key' ? mends.credentials : 'try again in a minute, or run bridge doctor'
    return [...found, warn(explained(error.reason, ats).happened.replace(/\.$/, ''), fix)]
  } finally {
    clearTimeout(timer)
  }
}

/** The question whether somebody would get a link, and the answer. */
export async function whoPart(who: string | undefined, tools: AdminTools): Promise<Html> {
  const answer =
    who === undefined ? '' : html`<div role="status">${answered(await wouldMatch(who, tools), tools)}</div>`
  return html`<section aria-labelledby="who-h"><h2 id="who-h">Would somebody get a link?</h2>
<form class="give" action="/admin/routes#who-h"><label for="who">Address of their page in the ATS, or an application’s id: it is read there now, and nothing is sent</label>
<input id="who" name="who" type="text" required maxlength="300" value="${who ?? ''}" autocomplete="off" spellcheck="false"><button>Ask</button></form>${answer}</section>`
}

function answered(matches: readonly Match[] | undefined, tools: AdminTools): Html {
  if (matches === undefined)
    return html`<p>This is neither the address of a person’s page nor an id. No names are kept, so none can be found.</p>`
  if (matches.length === 0) return html`<p>No connection can have an application with this address or id.</p>`
  return html`<ul class="plain">${matches.map((match) => html`<li>${matchWords(match, tools)}</li>`)}</ul>`
}

function matchWords({ connection, routes, place, reason }: Match, tools: AdminTools): Html {
  const { name, ats } = connection
  const at = place && `It is in ${place.stage}${place.job === undefined ? '' : `, job ${place.job}`}.`
  const where = html`<span class="small">${name}</span>`
  if (reason === 'candidate-alone')
    return html`${stateMark('lapsed', 'Not known')} ${where} This address names the candidate, who may have several applications, and no delivery here tells which is meant. Give the address of the application: in ${atsLabel(ats)}, open it and copy the address again.`
  if (reason !== undefined) return html`${stateMark('lapsed', 'No')} ${where} ${explained(reason, ats).happened} ${at}`
  if (routes.length > 0) return html`${stateMark('delivered', 'Yes')} ${where} by route ${routes.join(' and ')}. ${at}`
  const stages = tools.routes.filter((route) => route.connection === name).map(({ stage }) => stage)
  return html`${stateMark('lapsed', 'No')} ${where} ${at} The routes listen to: ${[...new Set(stages)].join(', ')}.`
}
