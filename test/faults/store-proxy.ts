import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

interface Pair {
  readonly client: Socket
  readonly server: Socket
}

/** Where to break a connection: instead of passing the request on, instead of passing its reply on, or not at all. */
type CutAt = (request: Buffer) => 'request' | 'reply' | undefined

/** A TCP proxy in front of the store, that misbehaves on command. */
export class StoreProxy {
  readonly port: number
  readonly #listener: Server
  readonly #pairs = new Set<Pair>()
  #delayMs = 0
  #isFrozen = false
  #isCut = false
  #cutAt: CutAt | undefined
  /** How many connections have been broken at their requests or replies. */
  cuts = 0

  private constructor(listener: Server, storePort: number) {
    this.#listener = listener
    this.port = (listener.address() as AddressInfo).port
    listener.on('connection', (client) => this.#join(client, storePort))
  }

  /** Listens on a free port of 127.0.0.1. @param storePort where the store is */
  static async start(storePort: number): Promise<StoreProxy> {
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return new StoreProxy(listener, storePort)
  }

  /** The store's address by way of the proxy. */
  rewrite(url: string): string {
    const address = new URL(url)
    address.port = String(this.port)
    return address.href
  }

  /** Breaks every connection and refuses new ones until `mend`. */
  cut(): void {
    this.#isCut = true
    this.breakAll()
  }

  /** Breaks every connection once; new ones are let through. */
  breakAll(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy()
      server.destroy()
    }
  }

  /** Holds everything back, in both directions, without breaking anything, until `mend`. */
  freeze(): void {
    this.#isFrozen = true
  }

  /** Holds everything back for so long, in both directions. */
  delay(ms: number): void {
    this.#delayMs = ms
  }

  /** Asks about every request, until `mend`, where to break its connection. */
  breakAt(where: CutAt): void {
    this.#cutAt = where
  }

  /** Ends every fault. */
  mend(): void {
    this.#isCut = false
    this.#isFrozen = false
    this.#delayMs = 0
    this.#cutAt = undefined
  }

  async close(): Promise<void> {
    this.mend()
    this.breakAll()
    this.#listener.close()
    await once(this.#listener, 'close')
  }

  #join(client: Socket, storePort: number): void {
    if (this.#isCut) return void client.resetAndDestroy()
    const server = connect(storePort, '127.0.0.1')
    const pair = { client, server }
    this.#pairs.add(pair)
    let isDoomed = false
    const part = () => {
      this.#pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', part).on('close', part)
    void this.#pump(client, server, (bytes) => {
      const cut = isDoomed ? undefined : this.#cutAt?.(bytes)
      if (cut === undefined) return true
      this.cuts += 1
      isDoomed = true
      if (cut === 'request') client.resetAndDestroy()
      return cut === 'reply'
    }).then(part, part)
    void this.#pump(server, client, () => {
      if (isDoomed) client.resetAndDestroy()
      return !isDoomed
    }).then(part, part)
  }

  async #pump(from: Socket, to: Socket, passes: (bytes: Buffer) => boolean): Promise<void> {
    for await (const bytes of from as AsyncIterable<Buffer>) {
      if (this.#delayMs > 0) await pause(this.#delayMs)
      while (this.#isFrozen) await pause(10)
      if (!passes(bytes)) return
      if (!to.write(bytes)) await once(to, 'drain')
    }
  }
}
