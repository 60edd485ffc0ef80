import type { Redis } from 'ioredis'

/** Runs a Lua script with one key and any arguments: one atomic round trip. */
export type RedisScript = (key: string, ...args: readonly (string | number)[]) => Promise<unknown>

/** Teaches the client a script; Redis need not be there yet. */
export function defineScript(redis: Redis, name: string, lua: string): RedisScript {
  redis.defineCommand(name, { lua, numberOfKeys: 1 })
  const commands = redis as unknown as Record<string, RedisScript>
  return async (key, ...args) => await commands[name]?.(key, ...args)
}

/** What every key begins with. The braces keep all of them in one slot of a cluster, so that scripts may touch several. */
export const KEY_PREFIX = '{bridge}:'
