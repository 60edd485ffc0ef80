import { Agent, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { startBridge } from '../../src/app.ts'
import type { StoreSettings } from '../../src/config/settings.ts'
import { seededRandom } from '../../src/sandbox/faults.ts'
import { sandboxSettings } from '../../src/sandbox/settings.ts'
import { startSandboxWorld } from '../support/sandbox-world.ts'
import { untilTaken } from '../support/until-taken.ts'
import { Draw } from './mutate.ts'
import { type FuzzRequest, fuzzRequest } from './requests.ts'

/** What the receiver may answer, a 503 aside that a resend mends. @see design.md section 3 */
const documented: ReadonlySet<number> = new Set([200, 400, 401, 404, 413, 415, 429])

export interface FuzzOptions {
  readonly requests: number
  /** The same seed draws the same requests. */
  readonly seed: number
  readonly parallel?: number
}

export interface FuzzResult {
  readonly byStatus: Readonly<Record<number, number>>
  /** Numbers of requests that were answered otherwise than documented, 0 for no answer; at most ten. */
  readonly strange: readonly { readonly index: number; readonly status: number }[]
  /** Bytes of heap after collection: when a fifth was done, and at the end. */
  readonly heap: readonly [number, number]
  readonly seconds: number
}

/**
 * Sends changed webhooks to a bridge in this process, which receives and queues but delivers nothing.
 * @param store a private one; it is left full
 */
export async function fuzz(store: StoreSettings, { requests, seed, parallel = 32 }: FuzzOptions): Promise<FuzzResult> {
  const world = await startSandboxWorld()
  const settings = { ...sandboxSettings(world, store), role: 'web', trustProxy: ['127.0.0.1'] } as const
  const bridge = await startBridge(settings, pino({ level: 'silent' }))
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  const secrets = { greenhouse: world.greenhouse.webhookSecret, lever: world.lever.signingToken }
  const draw = new Draw(seededRandom(seed))
  const byStatus: Record<number, number> = {}
  const strange: { index: number; status: number }[] = []
  let index = 0
  const sendUntil = async (end: number) => {
    while (index < end) {
      const own = index
      index += 1
      const drawn = fuzzRequest(draw, secrets)
      const answer = untilTaken(async () => ({ status: await send(bridge.url, drawn, agent) }))
      const { status } = await answer.catch(() => ({ status: 503 }))
      byStatus[status] = (byStatus[status] ?? 0) + 1
      if (!documented.has(status) && strange.length < 10) strange.push({ index: own, status })
    }
  }
  const sendAll = async (end: number) =>
    void (await Promise.all(Array.from({ length: parallel }, () => sendUntil(end))))
  try {
    const startedAt = performance.now()
    await sendAll(Math.ceil(requests / 5))
    const early = heapAfterCollection()
    await sendAll(requests)
    const seconds = (performance.now() - startedAt) / 1000
    return { byStatus, strange, heap: [early, heapAfterCollection()], seconds }
  } finally {
    agent.destroy()
    await bridge.stop()
    await world.close()
  }
}

/** @returns the answer's status, 0 where there was none */
async function send(url: string, { path, headers, body }: FuzzRequest, agent: Agent): Promise<number> {
  return await new Promise((resolve) => {
    const options = { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } }
    const call = request(url + path, options as never, (response) => {
      response.resume().once('close', () => resolve(response.statusCode ?? 0))
    })
    call.once('error', () => resolve(0))
    call.end(body)
  })
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
