import { Redis } from 'ioredis'

/** Bytes after which a write does not wait for more: the server works at it while the rest is made ready. */
const WRITE_BYTES = 8_192

/**
 * A client whose commands of one turn of the event loop leave in few writes: a write of its own for each costs more
 * than all else that is done for it, and in a single one for many the server would stand still until the last is made.
 * ioredis's own auto-pipelining has one pipeline under way at a time, so that a long script would hold up the rest.
 */
export class CorkedRedis extends Redis {
  override sendCommand(...given: Parameters<Redis['sendCommand']>): unknown {
    // Absent until it connects.
    const stream: Redis['stream'] | undefined = this.stream
    if (stream?.writableCorked === 0) {
      stream.cork()
      setImmediate(() => stream.uncork())
    }
    const sent = super.sendCommand(...given)
    if (stream && stream.writableLength >= WRITE_BYTES) {
      stream.uncork()
      stream.cork()
    }
    return sent
  }
}
