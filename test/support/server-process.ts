import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { endWithUs } from './at-exit.ts'

/** A private server of a test: its own port, its own folder. */
export interface TestServer {
  readonly url: string
  /** Its own folder, with all that it has on disk. */
  readonly dir: string
  /** Of the process that runs now. */
  readonly pid: number
  /** Ends it in good order and removes its folder. */
  stop(): Promise<void>
  /** Ends it as a crash would (SIGKILL); what it has on disk stays. */
  kill(): Promise<void>
  /** Starts it again after a kill, on the same port and folder. */
  restart(): Promise<void>
  /** Holds it, connections and all, where it is (SIGSTOP). */
  freeze(): void
  thaw(): void
}

export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  /** What it says when it takes connections. */
  readonly readyWhen: RegExp
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

const START_WITHIN_MS = 30_000

/** Starts a server and waits until it takes connections. @throws Error it ended before, with all it said */
export async function launch({ command, args, readyWhen, user }: Launch): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...user })
  endWithUs(child)
  let said = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const listen = (text: string) => {
    said += text
    if (readyWhen.test(said)) resolve()
  }
  for (const stream of [child.stdout, child.stderr] as Readable[]) stream.setEncoding('utf8').on('data', listen)
  child.once('error', reject)
  child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)))
  const timer = setTimeout(() => reject(new Error(`${command} does not get ready: ${said}`)), START_WITHIN_MS)
  try {
    await promise
    // A test process must not be kept up by its server.
    child.unref()
    return child
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(timer)
  }
}
