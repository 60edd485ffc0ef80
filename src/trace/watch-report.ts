import { SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { Report } from '../ops/report.ts'

/**
 * The same report, which also makes a span of each call out, at its end, and says in the attempt's span how the attempt
 * ended. A call that belongs to no attempt, as those of a sweep, makes none. Nothing is sent to the far side: neither
 * an ATS nor the vendor learns of our traces.
 */
export function watchReport(report: Report, tracer: Tracer): Report {
  return {
    ...report,
    observeCall: (call) => {
      report.observeCall(call)
      if (!trace.getActiveSpan()) return
      const { target, operation, code, durationMs } = call
      const span = tracer.startSpan(`${target} ${operation}`, {
        kind: SpanKind.CLIENT,
        startTime: Date.now() - durationMs,
        attributes: { 'bridge.target': target, 'bridge.operation': operation, 'bridge.code': code },
      })
      if (!/^2\d\d$/.test(code)) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    },
    attempted: (delivery, run, end, durationMs) => {
      report.attempted(delivery, run, end, durationMs)
      const span = trace.getActiveSpan()
      span?.setAttributes({
        'bridge.delivery': delivery.id,
        'bridge.connection': delivery.connection,
        'bridge.attempt': run.attempt,
        'bridge.state': end.state,
        'bridge.reason': end.reason,
      })
      if (end.state === 'dead') span?.setStatus({ code: SpanStatusCode.ERROR })
    },
  }
}
