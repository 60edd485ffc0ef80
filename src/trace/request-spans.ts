import type { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'

/** What Fastify publishes of a request, as far as it is used. @see fastify/docs/Reference/Hooks.md, "Diagnostics Channel Hooks" */
interface Handled {
  readonly route: { readonly method: string; readonly url: string }
  readonly reply: { readonly statusCode: number; readonly elapsedTime: number }
  readonly async: boolean
}

/**
 * Begins a trace with each POST, by what Fastify itself tells of its handlers. What reads (pages, health, metrics,
 * resumes with a token in their address) is no part of a delivery and makes none. Of the address only the route's
 * pattern is kept, and whatever trace the sender says it belongs to is ignored: strangers send here.
 * @param storage where the handler and all it calls find the trace
 * @returns stops it
 */
export function traceRequests(tracer: Tracer, storage: AsyncLocalStorage<Context>): () => void {
  const channel = tracingChannel<unknown, Handled>('fastify.request.handler')
  const spans = new WeakMap<Handled, Span>()

  channel.start.bindStore(storage, (handled) => {
    const { route, reply } = handled
    if (route.method !== 'POST') return ROOT_CONTEXT
    const span = tracer.startSpan(
      `${route.method} ${route.url}`,
      {
        kind: SpanKind.SERVER,
        startTime: Date.now() - reply.elapsedTime,
        attributes: { 'http.request.method': route.method, 'http.route': route.url },
      },
      ROOT_CONTEXT,
    )
    spans.set(handled, span)
    return trace.setSpan(ROOT_CONTEXT, span)
  })
  const end = (handled: Handled) => {
    const span = spans.get(handled)
    span?.setAttribute('http.response.status_code', handled.reply.statusCode)
    if (handled.reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
  }
  const onEnd = (message: unknown) => {
    // A handler that gave a promise has only begun.
    if (!(message as Handled).async) end(message as Handled)
  }
  const onAsyncEnd = (message: unknown) => end(message as Handled)
  channel.end.subscribe(onEnd)
  channel.asyncEnd.subscribe(onAsyncEnd)
  return () => {
    channel.end.unsubscribe(onEnd)
    channel.asyncEnd.unsubscribe(onAsyncEnd)
    channel.start.unbindStore(storage)
  }
}
