/** A source of numbers in [0, 1), and what a fuzzer draws from it. */
export class Draw {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** Whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.#random() * below)
  }

  chance(share: number): boolean {
    return this.#random() < share
  }

  /** @param list not empty */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** Values that have broken other people's parsers. */
const nasty: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53 + 1,
  4_294_967_296,
  0.1,
  '',
  ' ',
  'null',
  'constructor',
  '\u0000',
  '\ud800',
  '\u2028\u2029',
  '../../users?email=',
  "'; DROP TABLE bridge.delivery; --",
  '{bridge}:lease:x',
  'a:b:c',
  '\r\nSET x y\r\n',
  '<script>alert(1)</script>',
  '%s%n%x',
  '𝕊'.repeat(5_000),
  'x'.repeat(70_000),
  [],
  {},
  [[[[]]]],
  { id: {} },
  [null],
]

const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'id', 'application', 'data', 'token', '']

/** Changes one place of a JSON value, somewhere below its top. */
export function mutateJson(value: unknown, draw: Draw): unknown {
  const copy = structuredClone(value)
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = []
  const walk = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key })
      walk((holder as Record<string, unknown>)[key])
    }
  }
  walk(copy)
  if (places.length === 0) return draw.of(nasty)
  const { holder, key } = draw.of(places)
  switch (draw.below(6)) {
    case 0:
      delete holder[key]
      break
    case 1:
      holder[key] = nested(draw.below(200), draw)
      break
    case 2:
      holder[key] = structuredClone(draw.of(Object.values(draw.of(places).holder)))
      break
    case 3:
      define(holder, draw.of(keys), draw.of(nasty))
      break
    default:
      holder[key] = draw.of(nasty)
  }
  return copy
}

/** An own key, whatever its name. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

function nested(depth: number, draw: Draw): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level += 1) value = draw.chance(0.5) ? [value] : { a: value }
  return value
}

/** JSON text of any value; what cannot be written is left as a text. */
export function write(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '"circular"'
  }
}

/** Changes a few bytes, or whole stretches. */
export function mutateBytes(bytes: Buffer, draw: Draw): Buffer {
  const at = draw.below(bytes.length + 1)
  const to = Math.min(bytes.length, at + draw.below(200))
  const [before, within, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)]
  switch (draw.below(6)) {
    case 0:
      return Buffer.from(before)
    case 1:
      return Buffer.concat([before, after])
    case 2:
      return Buffer.concat([before, within, within, after])
    case 3:
      return Buffer.concat([before, Buffer.from('[{"a":'.repeat(draw.below(3_000))), after])
    case 4:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])
    default: {
      const flipped = Buffer.from(bytes)
      for (let times = draw.below(8); times >= 0; times -= 1) flipped[draw.below(flipped.length)] = draw.below(256)
      return flipped
    }
  }
}
