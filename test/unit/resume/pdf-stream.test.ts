import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { pdfStream } from '../../../src/resume/pdf-stream.ts'
import { until } from '../../support/until.ts'

const MIB = 1024 * 1024
const chunks = (...parts: (string | Buffer)[]) => Readable.from(parts.map((part) => Buffer.from(part)))
const read = async (stream: Readable | undefined) => stream && (await buffer(stream))
const endless = () =>
  Readable.from(
    (function* () {
      yield Buffer.from('%PDF')
      for (;;) yield Buffer.alloc(MIB)
    })(),
  )

describe('the stream of a resume', () => {
  test('gives every byte, also where the first ones come one by one', async () => {
    const body = chunks('%', 'P', 'DF', '-1.4 rest', ' and end')
    expect(String(await read(await pdfStream({ size: undefined, body })))).toBe('%PDF-1.4 rest and end')
  })

  test.each(['', '%PD', 'PK\u0003\u0004 a document', ' %PDF-1.4', '<html>%PDF'])(
    'gives nothing of: %j',
    async (text) => {
      const body = chunks(text)
      expect(await pdfStream({ size: undefined, body })).toBeUndefined()
      expect(body.destroyed).toBe(true)
    },
  )

  test('gives nothing of what announces more than 30 MiB, and stops its sender', async () => {
    const body = endless()
    expect(await pdfStream({ size: 30 * MIB + 1, body })).toBeUndefined()
    expect(body.destroyed).toBe(true)
  })

  test.each([[[]], [['%P']]])('that fails after %j says that it may be tried again', async (parts) => {
    const broken = new Error('other side closed')
    const body = Readable.from(
      (function* () {
        for (const part of parts) yield Buffer.from(part)
        throw broken
      })(),
    )
    await expect(pdfStream({ size: undefined, body })).rejects.toMatchObject({
      name: 'RetryableError',
      reason: 'ats-unavailable',
      cause: broken,
    })
  })

  test('takes 30 MiB', async () => {
    const body = chunks('%PDF', Buffer.alloc(30 * MIB - 4))
    expect(await read(await pdfStream({ size: 30 * MIB, body }))).toHaveLength(30 * MIB)
  })

  test('breaks off what is larger without having said so, and stops its sender', async () => {
    const body = endless()
    await expect(read(await pdfStream({ size: undefined, body }))).rejects.toThrow('larger')
    await until(() => body.destroyed)
  })

  test('stops the sender when the reader leaves, even before the first byte', async () => {
    const body = endless()
    const stream = await pdfStream({ size: undefined, body })
    stream?.destroy()
    await until(() => body.destroyed)
  })
})
