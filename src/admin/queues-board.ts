import type { FastifyInstance } from 'fastify'

/** bull-board needs a `<base>`, and its splash styles are not worth a wider policy. @see operators.md section 3.5 */
const POLICY = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
const PATH = '/admin/queues'

/**
 * The raw queue as BullMQ holds it, to look at only. Its packages are loaded here, so that a service without the
 * dashboard does not.
 */
export async function queuesBoard(app: FastifyInstance, { queue }: { queue: unknown }): Promise<void> {
  const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/fastify'),
  ])
  const serverAdapter = new FastifyAdapter().setBasePath(PATH)
  type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0]
  type Board = Parameters<typeof createBullBoard>[0]
  createBullBoard({
    queues: [new BullMQAdapter(queue as BoardQueue, { readOnlyMode: true })],
    // Its own two packages disagree on what may be undefined.
    serverAdapter: serverAdapter as unknown as Board['serverAdapter'],
    options: { uiConfig: { boardTitle: 'Raw queues' } },
  })
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('content-security-policy', POLICY)
  })
  await app.register(serverAdapter.registerPlugin(), { prefix: PATH })
}
