import { Redis } from 'ioredis'

/**
 * A client whose commands of one turn of the event loop leave in one write: a write of its own for each costs more
 * than all else that is done for it. ioredis's own auto-pipelining has one pipeline under way at a time, so that a long
 * script would hold up the rest.
 */
export class CorkedRedis extends Redis {
  override sendCommand(...given: Parameters<Redis['sendCommand']>): unknown {
    // Absent until it connects.
    const stream: Redis['stream'] | undefined = this.stream
    if (stream?.writableCorked === 0) {
      stream.cork()
      setImmediate(() => stream.uncork())
    }
    return super.sendCommand(...given)
  }
}
