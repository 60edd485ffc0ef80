import { isNode, isScalar, parseDocument, visit } from 'yaml'

const words = '(?:secret|token|key|password)s?'
const secretName = new RegExp(`${words}$`, 'i')
/** Of a custom field: no secret. */
const FIELD_KEY = 'key'
/** What may stand in a secret's place, or round it, and is none: variables, marks of lists, brackets, quotes. */
const harmless = /(?<!\$)\$\{\w+\}|(?<=^[ \t]*)-(?=\s)|[\s[\],:"']+/gm
/** A key that somebody has commented out, and its value. */
const inComment = new RegExp(`(#.*?${words}[ \\t]*:)(.*)$`, 'gim')

/** A YAML text with `…` for whatever may be a secret written out, line for line. */
export function maskSecrets(text: string): string {
  const places: [from: number, to: number][] = []
  visit(parseDocument(text), {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !isNode(value) || key.value === FIELD_KEY || !secretName.test(String(key.value))) return
      // From the key's end on, since comments stand between the two.
      if (key.range && value.range) places.push([key.range[1], value.range[2]])
      return visit.SKIP
    },
  })
  let masked = text
  for (const [from, to] of places.toReversed())
    masked = masked.slice(0, from) + maskedValue(masked.slice(from, to)) + masked.slice(to)
  return masked.replaceAll(inComment, (_, name: string, rest: string) => name + maskedValue(rest))
}

function maskedValue(text: string): string {
  let masked = ''
  let end = 0
  for (const { index, 0: kept } of text.matchAll(harmless)) {
    masked += (index > end ? '…' : '') + kept
    end = index + kept.length
  }
  return masked + (text.length > end ? '…' : '')
}
