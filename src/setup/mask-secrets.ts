import { isNode, isScalar, parseDocument, visit } from 'yaml'

const words = '(?:secret|token|key|password)s?'
const secretName = new RegExp(`${words}$`, 'i')
/** Of a custom field: no secret. */
const FIELD_KEY = 'key'
/** What may stand in a secret's place, or round it, and is none: variables, marks of lists, brackets, quotes. */
const harmless = /(?<!\$)\$\{\w+\}|(?<=^[ \t]*)-(?=\s)|[\s[\],:"']+/gm
/** A key that somebody has commented out, and its value. */
const inComment = new RegExp(`(#.*?${words}["']?[ \\t]*:)(.*)$`, 'gim')
/** Such a key on a line of its own, and the lines below it that belong to it: deeper ones, and those of a list. */
const blockInComment = new RegExp(
  `^([ \\t]*#[ \\t]*)(["']?\\w*${words}["']?[ \\t]*:.*\\r?\\n)((?:\\1(?:[ \\t]|-[ \\t]).*(?:\\r?\\n|$))+)`,
  'gim',
)
/** Commented-out items that stand below a list, further to the left than it. */
const itemsInComment = /(?:[ \t]*#[ \t]*-[ \t].*(?:\r?\n|$))*/y
const commentLine = /^([ \t]*#)(.*)$/gm

/**
 * A YAML text with `…` for whatever may be a secret written out as the value of a key, line for line, also where key and
 * value are commented out. What a comment says in prose (`# the key was …`) is shown.
 */
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
  for (const [from, to] of places.toReversed()) {
    itemsInComment.lastIndex = to
    const below = itemsInComment.exec(masked)?.[0] ?? ''
    const rest = masked.slice(to + below.length)
    masked = masked.slice(0, from) + maskedValue(masked.slice(from, to)) + maskedComments(below) + rest
  }
  return masked
    .replaceAll(blockInComment, (_, mark: string, key: string, below: string) => mark + key + maskedComments(below))
    .replaceAll(inComment, (_, name: string, rest: string) => name + maskedValue(rest))
}

function maskedComments(lines: string): string {
  return lines.replaceAll(commentLine, (_, mark: string, rest: string) => mark + maskedValue(rest))
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
