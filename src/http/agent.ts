import { Agent } from 'undici'

/** For the name look-up, the connection and its TLS. */
export const CONNECT_TIMEOUT_MS = 5_000
/** To one host at the most. */
const CONNECTIONS = 64

/** The connections over which calls go out. A kept one may just have been closed by the far side, unseen. */
export function makeAgent(): Agent {
  return new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, connections: CONNECTIONS })
}
