import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections: one of those may be taken while a test restarts the
 * process that it belongs to.
 */
const FIRST = 12_000
const PER_WORKER = 2_000
const WORKERS = 9

// biome-ignore lint/style/noProcessEnv: vitest tells its workers apart nowhere else
const start = FIRST + (Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS) * PER_WORKER
let given = Math.floor(Math.random() * PER_WORKER)

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    await new Promise((resolve) => probe.close(resolve))
  }
}

/**
 * The first of several loopback ports in a row that nobody listens on. Workers of one test run have blocks of their
 * own, and a worker gives a port once, so that it stays the test's also between two of its processes.
 * @throws Error none was found
 */
export async function freePort(count = 1): Promise<number> {
  for (let tries = 0; tries < PER_WORKER; tries += count) {
    const offset = given % PER_WORKER
    given += count
    if (offset + count > PER_WORKER) continue
    const row = Array.from({ length: count }, (_, index) => start + offset + index)
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return start + offset
  }
  throw new Error(`no ${count} free ports in a row`)
}
