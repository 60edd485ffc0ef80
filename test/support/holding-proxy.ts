import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on loopback that can let connections go silent without breaking them. */
export interface HoldingProxy {
  readonly url: string
  /** How many were made so far. */
  connections(): number
  /** From now on only the first connection that was made is served; the others hang, new ones too. */
  holdAllButFirst(): void
  close(): Promise<void>
}

/** @param url of the server behind it, with a port */
export async function startHoldingProxy(url: string): Promise<HoldingProxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isHolding = false
  let connections = 0
  const proxy = createServer((near) => {
    connections += 1
    const isFirst = connections === 1
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    const pass = (from: Socket, to: Socket) =>
      from
        .on('data', (bytes) => {
          if (isFirst || !isHolding) to.write(bytes)
        })
        .once('close', () => to.destroy())
    pass(near, far)
    pass(far, near)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const own = new URL(url)
  own.port = String((proxy.address() as AddressInfo).port)
  return {
    url: own.href,
    connections: () => connections,
    holdAllButFirst: () => {
      isHolding = true
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
