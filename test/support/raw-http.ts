import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection on which a test says exactly what it wants to. */
export interface RawConnection {
  readonly socket: Socket
  /** All that came back, once the other side has closed. */
  readonly closed: Promise<string>
}

/** Opens a plain connection and sends the first words. @param url of the server */
export async function openRaw(url: string, text: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  // However the other side hangs up, it has hung up.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  let said = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    said += chunk
  })
  const closed = once(socket, 'close').then(() => said)
  socket.write(text)
  return { socket, closed }
}

/** Sends a request as it is and gives the answer's status once the other side has closed. */
export async function rawStatus(url: string, text: string): Promise<number> {
  const { closed } = await openRaw(url, text)
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(await closed)?.[1])
}
