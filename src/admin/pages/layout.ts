import type { FastifyReply } from 'fastify'
import type { AdminTools } from '../admin-tools.ts'
import type { AssetAddress } from '../assets.ts'
import { type Html, html } from '../html.ts'
import { clock } from './parts.ts'

/** Everything a page is framed with. */
export interface Frame extends Pick<AdminTools, 'storeKind' | 'now'> {
  readonly asset: AssetAddress
}

/** A page's own part. */
export interface Page {
  /** Also the heading. */
  readonly title: string
  /** Before the title on the browser's tab. */
  readonly alert?: string
  readonly current?: 'overview' | 'deliveries' | 'webhooks' | 'routes' | 'api'
  /** What the page is to be told of when it changes; absent: it stands still. */
  readonly changes?: string
  /** What stands in the search box. */
  readonly search?: string
  readonly status?: number
  readonly body: Html
}

const links = [
  ['overview', '/admin', 'Overview'],
  ['deliveries', '/admin/deliveries', 'Deliveries'],
  ['webhooks', '/admin/webhooks', 'Webhooks'],
  ['routes', '/admin/routes', 'Routes'],
] as const

/** The policy of every page: nothing from elsewhere, nothing inline. @see operators.md section 0 */
const PAGE_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

/** Sends a page. */
export function sendPage(reply: FastifyReply, frame: Frame, page: Page): FastifyReply {
  return reply
    .code(page.status ?? 200)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', PAGE_POLICY)
    .send(whole(frame, page).text)
}

function whole({ asset, storeKind, now }: Frame, page: Page): Html {
  const { title, alert, current, changes, search = '', body } = page
  const icon = asset(alert === undefined ? 'icon.svg' : 'icon-alert.svg')
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${alert === undefined ? '' : `${alert} · `}${title} · Interview Link Bridge</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
<link rel="stylesheet" href="${asset('style.css')}">
<script type="module" src="${asset('live.js')}"></script>
</head>
<body${changes === undefined ? '' : html` data-changes="${changes}"`}>
<a class="skip" href="#main">Skip to the content</a>
<header>
<a class="brand" href="/admin">Interview Link Bridge</a>
<nav aria-label="Pages"><ul>${links.map(
    ([name, href, label]) =>
      html`<li><a href="${href}"${name === current ? html` aria-current="page"` : ''}>${label}</a></li>`,
  )}</ul></nav>
<form class="find" role="search" action="/admin/find">
<label for="find">Find a candidate <span class="small">by page address or id; we keep no names</span></label>
<input id="find" name="q" type="search" value="${search}" placeholder="https://app.greenhouse.io/people/… or 46194062" autocomplete="off" spellcheck="false">
<button>Find</button>
</form>
</header>
<main id="main" tabindex="-1">
<div class="top"><h1>${title}</h1>
<p class="line small"><span role="status" id="live-state">As of</span> <span id="live-time">${clock(now(), now(), true)}</span> · times in <span id="zone">UTC</span>${
    storeKind === 'embedded' ? html` · <a href="/admin/routes#store">Embedded store</a>: a power cut can lose data` : ''
  }</p></div>
${body}
</main>
<footer class="small"><a href="/admin/api">API</a> · <a href="/admin/queues">Raw queues</a> · <a href="/metrics">Metrics</a> · <span>Key: / to find</span></footer>
</body>
</html>`
}
