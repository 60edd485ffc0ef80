import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type Sampler,
  SamplingDecision,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { BullMQOtel } from 'bullmq-otel'
import type { Logger } from 'pino'
import { QUEUE, SPREAD } from '../queue/queued-delivery.ts'
import { cleanExporter } from './clean-exporter.ts'
import { Contexts } from './contexts.ts'
import { traceRequests } from './request-spans.ts'
import type { Tracing, TracingSettings } from './tracing.ts'
import { watchReport } from './watch-report.ts'

const NAME = 'interview-link-bridge'
const TRACES_PATH = '/v1/traces'
const SEND_WITHIN_MS = 5_000

/**
 * Keeps what tells of a delivery: the request, the queueing by hand, the attempts, the calls. BullMQ's own chores (next
 * job, locks, the check for stalled ones) would be a trace each, and its spans of queueing many belong to no one of them.
 */
const sampler: Sampler = {
  shouldSample: (_context, _traceId, name, kind) => {
    const isOfMany = name.startsWith('addBulk ') || name === `add ${QUEUE}.${SPREAD}`
    const isChore = kind === SpanKind.INTERNAL || isOfMany
    return { decision: isChore ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED }
  },
  toString: () => 'deliveries',
}

/** Switches tracing on for the whole process. Loads OpenTelemetry, so import this file only when it is wanted. */
export function startTracing({ endpoint, headers }: TracingSettings, log: Logger, version: string): Tracing {
  const exporter = new OTLPTraceExporter({
    url: endpoint + TRACES_PATH,
    headers: { ...headers },
    timeoutMillis: SEND_WITHIN_MS,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': NAME, 'service.version': version }),
    sampler,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: cleanExporter(telling(exporter, log)),
        exportTimeoutMillis: SEND_WITHIN_MS,
      }),
    ],
  })
  const contexts = new Contexts()
  context.setGlobalContextManager(contexts)
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const tracer = provider.getTracer(NAME)
  const stopRequests = traceRequests(tracer, contexts.storage)
  const telemetry = new BullMQOtel({ tracerName: 'bullmq' })

  return {
    queue: {
      telemetry,
      carried: () =>
        trace.getActiveSpan() === undefined
          ? { omitContext: true }
          : { metadata: telemetry.contextManager.getMetadata(context.active()) },
    },
    watch: (report) => watchReport(report, tracer),
    async stop() {
      stopRequests()
      await provider.shutdown().catch((error: unknown) => log.debug({ err: error }, 'last traces not sent'))
      for (const global of [trace, context, propagation]) global.disable()
    },
  }
}

/** The same exporter, which says so when it begins to fail, and when that is over. */
function telling(exporter: SpanExporter, log: Logger): SpanExporter {
  let isFailing = false
  return {
    export: (spans, onResult) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS
        if (failed && !isFailing) log.warn({ err: result.error }, 'traces are not taken')
        if (!failed && isFailing) log.info('traces are taken again')
        isFailing = failed
        onResult(result)
      }),
    forceFlush: async () => await exporter.forceFlush?.(),
    shutdown: async () => await exporter.shutdown(),
  }
}
