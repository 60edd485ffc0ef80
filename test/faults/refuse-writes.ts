import type { StoreSettings } from '../../src/config/settings.ts'
import { onServer } from './behind-the-bridge.ts'
import type { SharedStore } from './fault-store.ts'

/** A way in which a store goes on answering and takes nothing more. */
export interface WriteRefusal {
  readonly name: string
  readonly store: SharedStore
  begin(settings: StoreSettings): Promise<void>
  end(settings: StoreSettings): Promise<void>
}

const none = async () => undefined

const onRedis = (name: string, begin: readonly string[], end: readonly string[]): WriteRefusal => {
  const sends = ([command = '', ...rest]: readonly string[]) => ({
    redis: async (redis: { call(command: string, ...rest: string[]): Promise<unknown> }) =>
      await redis.call(command, ...rest),
    postgres: none,
  })
  return {
    name,
    store: 'redis',
    begin: async (settings) => await onServer(settings, sends(begin)),
    end: async (settings) => await onServer(settings, sends(end)),
  }
}

const setReadOnly = async (settings: StoreSettings, value: 'on' | 'off') =>
  await onServer(settings, {
    redis: none,
    postgres: async (client) => {
      await client.query('SET transaction_read_only = off')
      await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await client.query('SELECT pg_reload_conf()')
    },
  })

/** Out of memory; a master that was made a replica, of one that is not there; what a hosted database does when its disk is full. */
export const writeRefusals: readonly WriteRefusal[] = [
  onRedis('out of memory', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']),
  onRedis('read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']),
  {
    name: 'read-only',
    store: 'postgres',
    begin: async (settings) => await setReadOnly(settings, 'on'),
    end: async (settings) => await setReadOnly(settings, 'off'),
  },
]
