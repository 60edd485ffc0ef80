import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verifyGreenhouse } from '../../../src/ats/greenhouse/verify.ts'
import { verifyLever } from '../../../src/ats/lever/verify.ts'
import { InvalidSignatureError } from '../../../src/domain/errors.ts'

const read = (path: URL) => JSON.parse(readFileSync(path, 'utf8')) as unknown
const here = (path: string) => new URL(`../../fixtures/${path}`, import.meta.url)
/** Vectors kept outside this repository, where they are there. */
const shared = (path: string) => new URL(`../../../../shared/fixtures/${path}`, import.meta.url)

/** `accept`, or why not. */
function verdict(verify: () => unknown): string {
  try {
    verify()
    return 'accept'
  } catch (error) {
    if (error instanceof InvalidSignatureError) return error.reason
    throw error
  }
}

const greenhouse = (body: string, signature: string, secret: string) =>
  verdict(() => verifyGreenhouse({ headers: { signature }, body: Buffer.from(body) }, [secret]))
const lever = (body: string, signingToken: string) =>
  verdict(() => verifyLever({ headers: {}, body: Buffer.from(body) }, [signingToken]))

type GreenhouseVector = { name: string; secret: string; body: string; signature: string; expect: string }
describe('Greenhouse signature', () => {
  it.each(read(here('greenhouse/signature-vectors.json')) as GreenhouseVector[])('$name: $expect', (vector) => {
    expect(greenhouse(vector.body, vector.signature, vector.secret)).toBe(vector.expect)
  })
  it('may come once only', () => {
    const signature = [`sha256 ${'0'.repeat(64)}`, `sha256 ${'1'.repeat(64)}`]
    expect(verdict(() => verifyGreenhouse({ headers: { signature }, body: Buffer.from('{}') }, ['s']))).toBe(
      'malformed-signature',
    )
  })
})

type LeverVector = { name: string; signingToken: string; body: string; expect: string }
describe('Lever signature', () => {
  it.each(read(here('lever/signature-vectors.json')) as LeverVector[])('$name: $expect', (vector) => {
    expect(lever(vector.body, vector.signingToken)).toBe(vector.expect)
  })
})

const publishedGreenhouse = shared('greenhouse/signature-vectors.json')
type Published = { name: string; secret: string; body: string; signature_header: string; expect: 'valid' | 'invalid' }
if (existsSync(publishedGreenhouse)) {
  it.each(read(publishedGreenhouse) as Published[])('Greenhouse, published: $name: $expect', (vector) => {
    const outcome = greenhouse(vector.body, vector.signature_header, vector.secret)
    expect(outcome === 'accept').toBe(vector.expect === 'valid')
  })
}

const publishedLever = shared('lever/computed-signature-vectors.json')
type PublishedLever = { cases: { name: string; signatureToken: string; body: unknown; expect: 'accept' | 'reject' }[] }
if (existsSync(publishedLever)) {
  it.each((read(publishedLever) as PublishedLever).cases)('Lever, published: $name: $expect', (vector) => {
    expect(lever(JSON.stringify(vector.body), vector.signatureToken) === 'accept').toBe(vector.expect === 'accept')
  })
}
