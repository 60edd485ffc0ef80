import { type Html, html } from '../html.ts'
import { jsonSchema, type Operation, operations } from '../openapi.ts'
import type { Page } from './layout.ts'

interface Property {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly default?: unknown
}

/** The API, to be read by people; programs read `/api/openapi.json`. */
export function apiPage(): Page {
  return {
    title: 'API',
    current: 'api',
    body: html`<p>HTTP Basic, user <code>admin</code>. Described for programs in <a href="/api/openapi.json">/api/openapi.json</a>. Every refusal is <code>{"error":{"code","message"}}</code>.</p>
${operations.map(describe)}`,
  }
}

function describe(operation: Operation, index: number): Html {
  const { method, path, summary, query, body, answer } = operation
  return html`<section aria-labelledby="op-${index}"><h2 id="op-${index}"><code>${method.toUpperCase()} ${path}</code></h2>
<p>${summary}.</p>
${query === undefined ? '' : properties('Query', jsonSchema(query, 'input'))}${body === undefined ? '' : properties('JSON body', jsonSchema(body, 'input'))}
<details><summary>Answer</summary><pre tabindex="0" aria-label="Schema of the answer to ${method.toUpperCase()} ${path}">${JSON.stringify(jsonSchema(answer, 'output'), null, 2)}</pre></details></section>`
}

function properties(title: string, schema: Record<string, unknown>): Html {
  const { properties: all = {}, required = [] } = schema as {
    properties?: Record<string, Property>
    required?: readonly string[]
  }
  return html`<table><caption>${title}</caption><thead><tr><th scope="col">Name</th><th scope="col">What</th></tr></thead>
<tbody>${Object.entries(all).map(
    ([name, property]) =>
      html`<tr><th scope="row"><code>${name}</code>${required.includes(name) && property.default === undefined ? ' (required)' : ''}</th><td data-label="What">${words(property)}</td></tr>`,
  )}</tbody></table>`
}

function words({ type, enum: choices, description, default: preset }: Property): Html {
  const kind = choices === undefined ? String(type ?? 'any') : `one of ${choices.join(', ')}`
  return html`${description === undefined ? '' : html`${description}. `}<span class="small">${kind}${preset === undefined ? '' : `; ${String(preset)} if left out`}</span>`
}
