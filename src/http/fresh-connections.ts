import { buildConnector, Client } from 'undici'
import { CONNECT_TIMEOUT_MS } from './agent.ts'
import type { Exchange, ExchangeDispatcher, Outgoing } from './exchange.ts'

/** Undici ends every connection by an error. One for all: to make another costs more than the rest of the ending. */
const OVER = new Error('the call is over')

/**
 * A connection for each call, which no other uses: as many at once as there are calls. Those that create interviews are
 * bounded by the worker's concurrency.
 *
 * An Agent with `pipelining: 0` would share connections over HTTP/2, and make an error with a deep stack of each answer.
 */
export class FreshConnections implements ExchangeDispatcher {
  // Over HTTP/2 undici sends a call again whose connection was ended under it.
  readonly #connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false })
  readonly #underWay = new Set<Promise<void>>()

  dispatch(request: Outgoing, exchange: Exchange): void {
    const client = new Client(request.origin, { connect: this.#connect })
    const end = async () => {
      await client.destroy(OVER).finally(() => this.#underWay.delete(ended))
    }
    const ended = exchange.answer.then(end, end)
    this.#underWay.add(ended)
    client.dispatch(request, exchange)
  }

  /** Waits for the calls that are under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay)
  }
}
