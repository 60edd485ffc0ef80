/**
 * The control API under `/_sandbox/`, by which a sandbox that runs as a server of its own is steered: list and forget
 * calls, set faults, change settings, and the commands of each sandbox. Ours; no outside system has it.
 */
import { type ZodType, z } from 'zod'
import type { Answer } from './call.ts'
import { faultSchema } from './faults.ts'
import type { SandboxServer } from './sandbox-server.ts'

/** Commands by name: `POST /_sandbox/<name>` with a JSON body, answered with what the command returns. */
export type Commands = Readonly<Record<string, (body: unknown) => unknown>>

/** A command whose body is checked first. */
export function command<T>(schema: ZodType<T>, run: (given: T) => unknown): (body: unknown) => unknown {
  return (body) => run(schema.parse(body))
}

type Steered = Pick<SandboxServer, 'calls' | 'fault' | 'clearFaults' | 'reset'>

const ok = (body: unknown): Answer => ({ status: 200, body: body ?? {} })
const refuse = (status: number, message: string): Answer => ({ status, body: { error: { message } } })

/** Answers a call below `/_sandbox/`; undefined for any other. */
export async function controlAnswer(
  request: { readonly method: string; readonly pathname: string; readonly body: Buffer },
  sandbox: Steered,
  commands: Commands,
): Promise<Answer | undefined> {
  const name = /^\/_sandbox\/([a-z-]+)$/.exec(request.pathname)?.[1]
  if (name === undefined) return undefined
  const own: Commands = {
    'GET calls': () => ({ calls: sandbox.calls }),
    'POST reset': () => sandbox.reset(),
    'POST faults': command(faultSchema, (fault) => sandbox.fault(fault)),
    'DELETE faults': () => sandbox.clearFaults(),
  }
  const run = own[`${request.method} ${name}`] ?? (request.method === 'POST' ? commands[name] : undefined)
  if (run === undefined) return refuse(404, `no command ${name}; there are ${Object.keys(commands).join(', ')}`)
  try {
    const text = request.body.toString('utf8')
    return ok(await run(text === '' ? {} : (JSON.parse(text) as unknown)))
  } catch (error) {
    if (error instanceof z.ZodError) return refuse(400, z.prettifyError(error))
    return refuse(400, error instanceof Error ? error.message : 'failed')
  }
}
