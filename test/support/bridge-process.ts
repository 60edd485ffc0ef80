import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { endWithUs } from './at-exit.ts'
import { hasEnded } from './child-processes.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const LISTEN_WITHIN_MS = 180_000

/** What a process is started with. */
export interface BridgeOptions {
  /** Its whole environment; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>
  /** Where it runs, with `.env` and `bridge.yaml` if they are to be read from there. Default: an empty folder. */
  readonly dir?: string
  readonly args?: readonly string[]
}

/** One real process of the bridge. */
export interface BridgeProcess {
  readonly pid: number
  /** Where it listens. @throws Error it ended before it listened, with all it said */
  listening(): Promise<string>
  /** Everything it wrote to standard output and standard error so far. */
  output(): string
  /** Settles at its end. */
  readonly ended: Promise<Ended>
  hasEnded(): boolean
  signal(name: NodeJS.Signals): void
  /** SIGTERM, then waits for the end. */
  stop(): Promise<Ended>
  /** SIGKILL, then waits for the end. */
  kill(): Promise<Ended>
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** An empty folder, with `bridge.yaml` and `.env` in it if given. */
export function processFolder(files: Readonly<Record<string, string>> = {}): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-process-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** Starts `node src/main.ts serve` and does not wait for anything. */
export function launchBridge({ variables, dir, args = ['serve'] }: BridgeOptions): BridgeProcess {
  const own = dir === undefined ? processFolder() : undefined
  const child = spawn(process.execPath, [main, ...args], {
    cwd: dir ?? own?.dir,
    env: { ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(child)
  let said = ''
  const heard = Promise.withResolvers<string>()
  // Whoever is interested asks; others must not fail by it.
  heard.promise.catch(() => undefined)
  for (const stream of [child.stdout, child.stderr] as Readable[]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const url = /"url":"([^"]+)","msg":"listening"/.exec(said)?.[1]
      if (url !== undefined) heard.resolve(url)
    })
  }
  // `close` comes after the last of its output, `exit` may come before.
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    own?.remove()
    heard.reject(new Error(`the bridge ended with ${code ?? signal} before it listened: ${said}`))
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  return {
    pid: child.pid ?? 0,
    listening: async () => await within(heard.promise, () => said),
    output: () => said,
    ended,
    hasEnded: () => hasEnded(child),
    signal,
    async stop() {
      signal('SIGTERM')
      return await ended
    },
    async kill() {
      signal('SIGKILL')
      return await ended
    },
  }
}

/** Starts the bridge and waits until it listens. */
export async function startBridgeProcess(options: BridgeOptions): Promise<BridgeProcess & { readonly url: string }> {
  const bridge = launchBridge(options)
  try {
    return { ...bridge, url: await bridge.listening() }
  } catch (error) {
    await bridge.kill()
    throw error
  }
}

async function within(listening: Promise<string>, said: () => string): Promise<string> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`the bridge does not listen within ${LISTEN_WITHIN_MS} ms: ${said()}`)),
    LISTEN_WITHIN_MS,
  )
  try {
    return await Promise.race([listening, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
