import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastify, { type FastifyInstance, LogController } from 'fastify'
import { AdminError } from './admin-error.ts'

/** Hides the scrollbars of bull-board's menus, which sets it itself. */
const MENU_STYLE = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"
/** Nothing from elsewhere and nothing inline but that style; bull-board needs a `<base>`. */
const POLICY =
  `default-src 'self'; style-src 'self' ${MENU_STYLE}; base-uri 'self'; form-action 'self'; ` +
  "frame-ancestors 'none'; object-src 'none'"
const PATH = '/admin/queues'
const AN_HOUR = 'private, max-age=3600'

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
}

/**
 * The raw queue as BullMQ holds it, to look at only. A server of its own, made for the first who looks: hardly anybody
 * does, and its packages would take memory for as long as the service runs.
 */
export async function queuesBoard(app: FastifyInstance, { queue }: { queue: unknown }): Promise<void> {
  let made: Promise<FastifyInstance> | undefined
  for (const path of [PATH, `${PATH}/*`]) {
    app.get(path, async (request, reply) => {
      made ??= makeBoard(queue, app)
      const { routing } = await made
      for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '')
      reply.hijack()
      routing(request.raw, reply.raw)
    })
  }
  app.addHook('onClose', async () => await (await made)?.close())
}

async function makeBoard(queue: unknown, { errorHandler, log }: FastifyInstance): Promise<FastifyInstance> {
  const board = fastify({ loggerInstance: log, logController: new LogController({ disableRequestLogging: true }) })
  board.setErrorHandler(errorHandler)
  board.setNotFoundHandler(() => {
    throw new AdminError(404, 'not-found', 'There is nothing at this address.')
  })
  await boardRoutes(board, queue)
  await board.ready()
  return board
}

/** Of bull-board's endpoints those that read, and no other. */
async function boardRoutes(app: FastifyInstance, queue: unknown): Promise<void> {
  const { folder, queues, uiConfig, entry, endpoints } = await boardOf(queue)
  const { name, params: words } = entry.handler({ basePath: PATH, uiConfig })
  const page = filledIn(await readFile(join(folder, name), 'utf8'), words)
  const files = new Set(readdirSync(join(folder, 'static'), { recursive: true, encoding: 'utf8' }))
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('content-security-policy', POLICY)
  })

  for (const path of ['', entry.route].flat()) {
    app.get(PATH + path, (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  }
  app.get<{ Params: { '*': string } }>(`${PATH}/static/*`, async ({ params }, reply) => {
    const file = params['*']
    const type = types[file.split('.').at(-1) ?? '']
    if (!files.has(file) || type === undefined) throw new AdminError(404, 'not-found', 'There is no such file.')
    const bytes = await readFile(join(folder, 'static', file))
    return reply.type(type).header('cache-control', AN_HOUR).send(bytes)
  })
  for (const { method, route, handler } of endpoints) {
    if (![method].flat().includes('get')) continue
    for (const path of [route].flat()) {
      app.get(PATH + path, async ({ params, query, headers }, reply) => {
        const asked = { params, query, headers } as { params: object; query: object; headers: Record<string, string> }
        const { status = 200, body } = await handler({ queues, uiConfig, body: {}, ...asked })
        return reply.code(status).send(body)
      })
    }
  }
}

/** What bull-board hands to whoever serves it. Its own package for Fastify brings twenty others to serve its files. */
async function boardOf(queue: unknown) {
  const [{ createBullBoard }, { BullMQAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
  ])
  type Server = Parameters<typeof createBullBoard>[0]['serverAdapter']
  type Given<Setter extends keyof Server> = Parameters<Server[Setter]>[0]
  const given: {
    folder?: Given<'setViewsPath'>
    queues?: Given<'setQueues'>
    uiConfig?: Given<'setUIConfig'>
    entry?: Given<'setEntryRoute'>
    endpoints?: Given<'setApiRoutes'>
  } = {}
  const take = (part: typeof given): Server => {
    Object.assign(given, part)
    return server
  }
  const server: Server = {
    setQueues: (queues) => take({ queues }),
    setViewsPath: (folder) => take({ folder }),
    setStaticPath: () => server,
    setUIConfig: (uiConfig) => take({ uiConfig }),
    setEntryRoute: (entry) => take({ entry }),
    setErrorHandler: () => server,
    setApiRoutes: (endpoints) => take({ endpoints }),
  }
  createBullBoard({
    queues: [new BullMQAdapter(queue as ConstructorParameters<typeof BullMQAdapter>[0], { readOnlyMode: true })],
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'Raw queues' } },
  })
  return given as Required<typeof given>
}

/** The page with its words in it, without the fonts of another host and the styles that show while it loads. */
function filledIn(template: string, words: Readonly<Record<string, string>>): string {
  return template
    .replace(/<link href="https:[^>]*>/g, '')
    .replace(/(<div id="root">)[\s\S]*?<\/style>\s*(<\/div>)/, '$1$2')
    .replace(/<%[-=] *(\w+) *%>/g, (_tag, word: string) => words[word] ?? '')
}
