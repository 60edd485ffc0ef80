const MAX_DEPTH = 64

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/** Whether brackets nest deeper than any webhook's do; counted on the bytes, before anything is built from them. */
function isTooDeep(body: Buffer): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at]
    if (inString) {
      if (byte === backslash) at += 1
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === openBracket || byte === openBrace) {
      depth += 1
      if (depth > MAX_DEPTH) return true
    } else if (byte === closeBracket || byte === closeBrace) depth -= 1
  }
  return false
}

/** What a body is: JSON, nested too deeply to be looked at, or no JSON. */
export type BodyContent =
  | { readonly kind: 'json'; readonly json: unknown }
  | { readonly kind: 'too-deep' }
  | { readonly kind: 'not-json' }

/**
 * Reads a webhook's body. A key such as `__proto__` is an ordinary key in the result: whoever uses it must pick fields
 * (a zod schema does) and never merge.
 */
export function readJson(body: Buffer): BodyContent {
  if (isTooDeep(body)) return { kind: 'too-deep' }
  try {
    return { kind: 'json', json: JSON.parse(body.toString('utf8')) as unknown }
  } catch {
    return { kind: 'not-json' }
  }
}
