import type { Attributes } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'

/** All that may leave the house. Ids of deliveries, words from closed lists, patterns of routes, numbers. */
const allowed: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'bullmq.queue.name',
  'bullmq.queue.operation',
  'bullmq.job.id',
  'bridge.target',
  'bridge.operation',
  'bridge.code',
  'bridge.delivery',
  'bridge.connection',
  'bridge.attempt',
  'bridge.state',
  'bridge.reason',
])

/** Refused by us: strangers must not fill a place that a delivery's span needs. */
const isRefusal = ({ attributes }: ReadableSpan) => {
  const status = Number(attributes['http.response.status_code'] ?? 0)
  return status >= 400 && status < 500
}

/**
 * The same exporter, which is given only what may be known. Libraries put errors, results and options into their spans;
 * a list of what is allowed stays right when they change.
 */
export function cleanExporter(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, onResult) => exporter.export(spans.filter((span) => !isRefusal(span)).map(cleaned), onResult),
    forceFlush: async () => await exporter.forceFlush?.(),
    shutdown: async () => await exporter.shutdown(),
  }
}

function cleaned(span: ReadableSpan): ReadableSpan {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(span.attributes).filter(([name]) => allowed.has(name)),
  )
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: { code: span.status.code },
    attributes,
    links: [],
    events: [],
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
