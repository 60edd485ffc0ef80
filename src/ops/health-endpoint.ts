import type { FastifyInstance } from 'fastify'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'

export interface HealthTools {
  readonly store: Store
  /** Undefined in a process without a worker. */
  readonly isWorking: (() => boolean) | undefined
  readonly metrics: Metrics
}

/** `/healthz`: the process answers. `/readyz`: the store answers and the worker runs. `/metrics`: Prometheus text. */
export async function healthEndpoint(app: FastifyInstance, { store, isWorking, metrics }: HealthTools): Promise<void> {
  app.get('/healthz', { logLevel: 'silent' }, () => ({ status: 'ok' }))

  app.get('/readyz', { logLevel: 'silent' }, async (_request, reply) => {
    const problem = await store.ping().then(
      () => (isWorking === undefined || isWorking() ? undefined : 'worker-stopped'),
      () => 'store-unavailable',
    )
    return problem === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not-ready', reason: problem })
  })

  app.get('/metrics', { logLevel: 'silent' }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
