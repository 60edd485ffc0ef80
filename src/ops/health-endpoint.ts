import type { FastifyInstance } from 'fastify'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics/metrics.ts'

export interface HealthTools {
  readonly store: Store
  /** Whether the process brings to an end what it has begun, and begins nothing more. */
  readonly isStopping: () => boolean
  /** Undefined in a process without a worker. */
  readonly isWorking: (() => boolean) | undefined
  /** Whether the worker works no more though it has work; undefined in a process without one. */
  readonly isStuck: (() => boolean) | undefined
  readonly metrics: Metrics
}

/** `/healthz`: the process answers. `/readyz`: the store answers and the worker runs. `/metrics`: Prometheus text. */
export async function healthEndpoint(app: FastifyInstance, tools: HealthTools): Promise<void> {
  const { store, isStopping, isWorking, isStuck, metrics } = tools
  app.get('/healthz', { logLevel: 'silent' }, () => ({ status: 'ok' }))

  app.get('/readyz', { logLevel: 'silent' }, async (_request, reply) => {
    const problem = await store.ping().then(
      () => {
        if (isStopping()) return 'stopping'
        if (isWorking?.() === false) return 'worker-stopped'
        return isStuck?.() === true ? 'worker-stuck' : undefined
      },
      () => 'store-unavailable',
    )
    return problem === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not-ready', reason: problem })
  })

  app.get('/metrics', { logLevel: 'silent' }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
