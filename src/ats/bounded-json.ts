const MAX_DEPTH = 64

/** Whether brackets nest deeper than any webhook's do; counted in the text, before anything is built from it. */
function isTooDeep(text: string): boolean {
  if (!opensOften(text)) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (inString) {
      if (sign === '\\') at += 1
      else if (sign === '"') inString = false
    } else if (sign === '"') inString = true
    else if (sign === '[' || sign === '{') {
      depth += 1
      if (depth > MAX_DEPTH) return true
    } else if (sign === ']' || sign === '}') depth -= 1
  }
  return false
}

/** Whether it could be: most webhooks have few brackets, and V8's own search takes a fifth of the walk's time. */
function opensOften(text: string): boolean {
  let count = 0
  for (const sign of ['{', '['])
    for (let at = text.indexOf(sign); at >= 0 && count <= MAX_DEPTH; at = text.indexOf(sign, at + 1)) count += 1
  return count > MAX_DEPTH
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
  const text = body.toString('utf8')
  if (isTooDeep(text)) return { kind: 'too-deep' }
  try {
    return { kind: 'json', json: JSON.parse(text) as unknown }
  } catch {
    return { kind: 'not-json' }
  }
}
