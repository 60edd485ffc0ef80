import { Agent } from 'undici'

/** Connections of a command that makes a few calls and ends. */
export function makeAgent(): Agent {
  return new Agent({ connect: { timeout: 5_000 }, connections: 8 })
}
