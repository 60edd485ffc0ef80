import DataLoader from 'dataloader'
import type { CorkedRedis } from './corked-redis.ts'

/** What a script is given: numbers reach it as texts, lists, of well-formed texts, as tables. */
type Argument = string | number | readonly (readonly string[])[]

/** Runs a Lua script once: one atomic step. */
export type RedisScript = (...args: readonly Argument[]) => Promise<unknown>

/** A script is to be over before anybody waits for it. */
const CALLS_AT_ONCE = 50

/**
 * What is run once for all calls that go together, before the first and after the last: their arguments are not in sight
 * there, and an error is all calls' error.
 */
interface Around {
  readonly before: string
  readonly after?: string
}

/**
 * One script for many calls of another. Each fails by itself; only that the server has become a replica is said of all,
 * since the client looks for it there (see `reconnectOnError`).
 */
const forEachCall = (lua: string, { before, after = '' }: Around) => `
${before}
local function script(ARGV)
${lua}
end
local replies = {}
for i, args in ipairs(cjson.decode(ARGV[1])) do
  local isDone, reply = pcall(script, args)
  if not isDone then
    local message = type(reply) == 'table' and reply.err or reply
    reply = redis.error_reply(message)
    if string.find(message, 'READONLY', 1, true) == 1 then return reply end
  end
  replies[i] = reply or false
end
${after}
return replies`

/**
 * Teaches the client a script; Redis need not be there yet. Calls of one turn of the event loop leave as one command,
 * with their arguments as one JSON text: what each command and each argument costs the process is more than all else that
 * is done for it.
 * @param prefix what the names of its keys begin with; KEYS[1]
 */
export function defineScript(
  redis: CorkedRedis,
  name: string,
  prefix: string,
  lua: string,
  around: Around = { before: '' },
): RedisScript {
  redis.defineCommand(name, { lua: forEachCall(lua, around), numberOfKeys: 1 })
  const commands = redis as unknown as Record<string, (prefix: string, calls: string) => Promise<(unknown | Error)[]>>
  const calls = new DataLoader<readonly Argument[], unknown>(
    async (given) => (await commands[name]?.(prefix, JSON.stringify(given))) ?? [],
    { cache: false, maxBatchSize: CALLS_AT_ONCE, batchScheduleFn: (dispatch) => redis.atTurnsEnd(dispatch) },
  )
  return async (...args) => await calls.load(args.map(inText))
}

/**
 * A number read from JSON equals no text that Redis keeps, and Lua writes 14 digits of it at the most; of a text with half
 * a character it reads nothing.
 */
function inText(argument: Argument): Argument {
  if (typeof argument === 'number') return String(argument)
  return typeof argument === 'string' ? argument.toWellFormed() : argument
}

/** What every key begins with. The braces keep all of them in one slot of a cluster, so that scripts may touch several. */
export const KEY_PREFIX = '{bridge}:'
