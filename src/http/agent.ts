import { Agent } from 'undici'

interface AgentOptions {
  /** Connections to one host at the most. Default 64. */
  readonly connections?: number
  /** Whether a call may use a connection that an earlier one has left open. Default true. */
  readonly reuses?: boolean
}

/** The connections over which calls go out. A reused one may just have been closed by the far side, unseen. */
export function makeAgent({ connections = 64, reuses = true }: AgentOptions = {}): Agent {
  return new Agent({ connect: { timeout: 5_000 }, connections, ...(!reuses && { pipelining: 0 }) })
}
