import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.union([z.number(), z.string()]) }),
])
const attributes = z.array(z.strictObject({ key: z.string(), value }))
const hexId = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`))

/** @see opentelemetry-proto, trace/v1/trace.proto and the OTLP specification's "JSON Protobuf Encoding" */
const spanSchema = z.strictObject({
  traceId: hexId(32),
  spanId: hexId(16),
  parentSpanId: hexId(16).optional(),
  name: z.string(),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes,
  status: z.strictObject({ code: z.int().min(0).max(2) }),
  flags: z.int(),
  events: z.tuple([]),
  links: z.tuple([]),
  droppedAttributesCount: z.literal(0),
  droppedEventsCount: z.literal(0),
  droppedLinksCount: z.literal(0),
})
const requestSchema = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes, droppedAttributesCount: z.literal(0) }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string().optional() }),
          spans: z.array(spanSchema),
        }),
      ),
    }),
  ),
})

/** A span as it arrived; its attributes by name. */
export interface SeenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: number
  readonly ms: number
  readonly hasFailed: boolean
  readonly attributes: Readonly<Record<string, string | number>>
}

/** An OTLP/HTTP collector on loopback. */
export interface TraceCollector {
  readonly url: string
  readonly spans: readonly SeenSpan[]
  /** All bodies, as they came. */
  readonly bodies: readonly string[]
  /** What was not as the protocol wants it. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

/** @param headers that every request must have */
export async function startTraceCollector(headers: Readonly<Record<string, string>> = {}): Promise<TraceCollector> {
  const spans: SeenSpan[] = []
  const bodies: string[] = []
  const faults: string[] = []

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk as string
    bodies.push(body)
    try {
      if (request.method !== 'POST' || request.url !== '/v1/traces') throw new Error(`${request.method} ${request.url}`)
      if (request.headers['content-type'] !== 'application/json') throw new Error('not said to be JSON')
      for (const [name, expected] of Object.entries(headers))
        if (request.headers[name] !== expected) throw new Error(`header ${name} is ${request.headers[name]}`)
      const { resourceSpans } = requestSchema.parse(JSON.parse(body))
      for (const { spans: some } of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)) spans.push(...some.map(seen))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}')
    } catch (error) {
      faults.push(error instanceof Error ? error.message : 'unknown')
      response.writeHead(400).end()
    }
  }
  const server = createServer((request, response) => void take(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    faults,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function seen(span: z.output<typeof spanSchema>): SeenSpan {
  const { traceId, spanId, parentSpanId, name, kind } = span
  const nanos = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)
  const entries = span.attributes.map(({ key, value: told }) => [
    key,
    'stringValue' in told ? told.stringValue : Number(told.intValue),
  ])
  return {
    ...{ traceId, spanId, parentSpanId, name, kind },
    ms: Number(nanos) / 1e6,
    hasFailed: span.status.code === 2,
    attributes: Object.fromEntries(entries) as Record<string, string | number>,
  }
}
