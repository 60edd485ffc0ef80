import { Readable } from 'node:stream'
import { RetryableError } from '../domain/errors.ts'
import type { Download } from '../http/file-client.ts'

/** What Lever takes for an upload. @see lever.md section 3.2 */
const MAX_BYTES = 30 * 1024 * 1024
const MAGIC = Buffer.from('%PDF')

/**
 * The download's bytes as they come, once the first of them say that it is a PDF.
 * @returns undefined: it is none, or announces more than 30 MiB. The stream fails when more than that comes unannounced.
 * @throws RetryableError the ATS broke off, or fell silent, before that
 */
export async function pdfStream({ size, body }: Download): Promise<Readable | undefined> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const head = await readHead(chunks)
  const isPdf = head.subarray(0, MAGIC.length).equals(MAGIC)
  if (!isPdf || (size ?? 0) > MAX_BYTES) {
    body.destroy()
    return undefined
  }
  const stream = Readable.from(bounded(head, chunks), { objectMode: false })
  // However the reader leaves, the ATS is not kept sending.
  stream.once('close', () => body.destroy())
  return stream
}

/** At least the first four bytes, unless there are fewer. */
async function readHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  try {
    while (head.length < MAGIC.length) {
      const next = await chunks.next()
      if (next.done) break
      head = Buffer.concat([head, next.value])
    }
  } catch (cause) {
    throw new RetryableError('ats-unavailable', { cause })
  }
  return head
}

async function* bounded(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let sent = head.length
  yield head
  for (;;) {
    const next = await rest.next()
    if (next.done) return
    sent += next.value.length
    if (sent > MAX_BYTES) throw new Error('the resume is larger than 30 MiB')
    yield next.value
  }
}
