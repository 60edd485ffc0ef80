import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endWithUs } from '../support/at-exit.ts'
import { end } from '../support/child-processes.ts'

type Commands = Readonly<Record<string, (argument: never) => unknown>>
type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string }

/** A program of the benchmark in a process of its own, asked over the parent's channel. */
export interface Program {
  readonly pid: number
  /** @throws Error the program threw, or ended */
  call<Value>(command: string, argument?: unknown): Promise<Value>
  /** Processor time spent so far. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

/** Starts one of the benchmark's programs. @param path relative to this folder @param nodeFlags none by default */
export async function startProgram(
  path: string,
  argument: unknown = {},
  nodeFlags: readonly string[] = [],
): Promise<Program> {
  const child = fork(fileURLToPath(new URL(path, import.meta.url)), [JSON.stringify(argument)], {
    execArgv: [...nodeFlags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  endWithUs(child)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  child.on('message', ({ id, value, error }: Answer) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(value)
    else one?.reject(new Error(`${path}: ${error}`))
  })
  child.once('exit', (code, signal) => {
    for (const one of waiting.values()) one.reject(new Error(`${path} ended with ${code ?? signal}`))
  })
  const call = async <Value>(command: string, given?: unknown) => {
    lastId += 1
    const answer = Promise.withResolvers<unknown>()
    waiting.set(lastId, answer)
    child.send({ id: lastId, command, argument: given }, (error) => error && answer.reject(error))
    return (await answer.promise) as Value
  }
  await call('ready')
  return {
    pid: child.pid ?? 0,
    call,
    cpuSeconds: async () => await call('cpuSeconds'),
    stop: async () => await end(child, 'SIGKILL'),
  }
}

/** In a program: what it was started with. */
export function programArgument<Value>(): Value {
  return JSON.parse(process.argv[2] ?? '{}') as Value
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** In a program: answers the parent from now on, and ends with it. */
export function serveCommands(commands: Commands): void {
  const all: Readonly<Record<string, (argument: unknown) => unknown>> = { ready: () => true, cpuSeconds, ...commands }
  const answer = async (id: number, command: string, argument: unknown): Promise<Answer> => {
    try {
      return { id, value: await all[command]?.(argument) }
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }
  process.on('message', (message: { id: number; command: string; argument: unknown }) => {
    void answer(message.id, message.command, message.argument).then((reply) => process.send?.(reply))
  })
  process.once('disconnect', () => process.exit())
}
