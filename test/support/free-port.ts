import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

const MAX_TRIES = 50

async function listenOn(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  return server
}

/**
 * The first of several ports in a row that nobody listens on; taken below those that the system gives out by itself.
 * @throws Error none was found
 */
export async function freePort(count = 1): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const first = randomInt(12_000, 30_000)
    const tried = await Promise.allSettled(Array.from({ length: count }, (_, index) => listenOn(first + index)))
    for (const one of tried) if (one.status === 'fulfilled') one.value.close()
    if (tried.every(({ status }) => status === 'fulfilled')) return first
  }
  throw new Error(`no ${count} free ports in a row`)
}
