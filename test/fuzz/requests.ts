import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type Draw, mutateBytes, mutateJson, write } from './mutate.ts'

/** One request of the fuzzer. */
export interface FuzzRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
}

/** The secrets of the connections `greenhouse` and `lever`. */
export interface Secrets {
  readonly greenhouse: string
  readonly lever: string
}

type Ats = keyof Secrets

const payloads: Readonly<Record<Ats, readonly unknown[]>> = {
  greenhouse: fixtures('greenhouse'),
  lever: fixtures('lever'),
}

function fixtures(ats: Ats): readonly unknown[] {
  const folder = new URL(`../fixtures/${ats}/`, import.meta.url)
  const names = readdirSync(folder).filter((name) => name.startsWith('webhook.'))
  return names.map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown)
}

const hmac = (secret: string, signed: Buffer | string) => createHmac('sha256', secret).update(signed).digest('hex')

/** Greenhouse signs the body: most of the changed ones are signed anew, so that what is behind the check sees them. */
function greenhouse(draw: Draw, secret: string): { body: Buffer; signature: string } {
  let payload = draw.of(payloads.greenhouse)
  for (let times = draw.below(4); times > 0; times -= 1) payload = mutateJson(payload, draw)
  const original = Buffer.from(write(payload))
  const body = draw.chance(0.3) ? mutateBytes(original, draw) : original
  const signed = draw.chance(0.8) ? body : original
  return { body, signature: `sha256 ${hmac(secret, signed)}` }
}

/** Lever signs two fields only: anything beside them may differ and still passes. */
function lever(draw: Draw, secret: string): Buffer {
  let payload = draw.of(payloads.lever)
  for (let times = draw.below(4); times > 0; times -= 1) payload = mutateJson(payload, draw)
  if (isRecord(payload) && draw.chance(0.9)) {
    const token = `token-${draw.below(1_000_000)}`
    const triggeredAt = 1_795_000_000_000 + draw.below(1_000_000)
    payload = { ...payload, token, triggeredAt, signature: hmac(secret, token + String(triggeredAt)) }
    if (draw.chance(0.2)) payload = mutateJson(payload, draw)
  }
  const body = Buffer.from(write(payload))
  return draw.chance(0.2) ? mutateBytes(body, draw) : body
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const types = [
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'text/plain',
  'application/x-www-form-urlencoded',
  'APPLICATION/JSON',
  'application/jsonx',
  '*/*',
]
const names = ['greenhouse%00', 'greenhouse/', '__proto__', 'Lever', '..%2f..%2fadmin', 'x'.repeat(300), '%ff', '%', '']
const signatures = ['', 'sha256 ', `sha256 ${'0'.repeat(64)}`, 'sha256 zz', 'x'.repeat(8_000), 'sha1 0', '🔑'.repeat(3)]

/** Draws a request: a real webhook, changed in one place or several, now and then in its headers or path too. */
export function fuzzRequest(draw: Draw, secrets: Secrets): FuzzRequest {
  const isGreenhouse = draw.chance(0.5)
  const { body, signature } = isGreenhouse
    ? greenhouse(draw, secrets.greenhouse)
    : { body: lever(draw, secrets.lever), signature: '' }
  const large = draw.chance(0.002) ? Buffer.alloc(1024 * 1024 + draw.below(100_000), 0x20) : undefined
  const name = draw.chance(0.03) ? draw.of(names) : isGreenhouse === draw.chance(0.98) ? 'greenhouse' : 'lever'
  const headers: Record<string, string | readonly string[]> = {
    'content-type': draw.chance(0.03) ? draw.of(types) : 'application/json',
    // Counted by address: one alone would soon hear nothing but 429.
    'x-forwarded-for': `10.${draw.below(256)}.${draw.below(256)}.${draw.below(256)}`,
  }
  if (isGreenhouse || draw.chance(0.05)) {
    const given = draw.chance(0.05) ? draw.of(signatures) : signature
    headers['signature'] = draw.chance(0.01) ? [given, given] : given
  }
  if (draw.chance(0.02)) headers['content-encoding'] = draw.of(['gzip', 'br', 'identity', 'x'])
  return { path: `/webhooks/${name}`, headers: latin(headers), body: large ?? body }
}

/** Header values as HTTP can carry them. */
function latin(headers: Readonly<Record<string, string | readonly string[]>>) {
  const clean = (text: string) =>
    Buffer.from(text, 'utf8')
      .toString('latin1')
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')
  return Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, typeof value === 'string' ? clean(value) : value.map(clean)]),
  )
}
