import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Document, type ErrorCode, LineCounter, parseDocument, visit, type YAMLError } from 'yaml'
import { ConfigError } from './config-error.ts'

const exampleHint = 'make it with "bridge setup", or copy src/config/bridge.example.yaml and fill it in'

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const message =
      code === 'ENOENT'
        ? `names ${resolve(file)}, and there is no such file; ${exampleHint}`
        : code === 'EISDIR'
          ? `names ${resolve(file)}, which is a folder (Docker makes one where a file to mount is missing); ${exampleHint}`
          : `names ${resolve(file)}, which cannot be read (${code ?? 'no code'})`
    throw new ConfigError([{ where: 'BRIDGE_CONFIG', message }], { cause: error })
  }
}

/** Where the reader's own words would repeat what stands there. */
const ownWords: Partial<Readonly<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'a value that begins with * needs quotes',
  TAG_RESOLVE_FAILED: 'a value that begins with ! needs quotes',
  BAD_DQ_ESCAPE: 'in double quotes \\ has a meaning; take single ones',
  BAD_DIRECTIVE: 'a line that begins with % needs to be indented',
}

/** What is wrong, without the text that is, which may hold a secret: it would come last, after a colon. */
const withoutText = (message: string): string => lowerFirst(message.replace(/(?<=\S): .*$/s, ''))

/** Aliases of nothing, which the reader finds only when it is too late to tell where. */
function unresolvedAliases(document: Document.Parsed): Pick<YAMLError, 'code' | 'message' | 'pos'>[] {
  const found: Pick<YAMLError, 'code' | 'message' | 'pos'>[] = []
  visit(document, {
    Alias: (_, alias) => {
      const [from = 0, to = 0] = alias.range ?? []
      if (alias.resolve(document) === undefined) found.push({ code: 'BAD_ALIAS', message: '', pos: [from, to] })
    },
  })
  return found
}

/**
 * Reads the document of connections and routes.
 * @param inline the document itself, which goes before the file
 * @throws ConfigError no such file, or not YAML: with the line, without the line's text, which may hold a secret
 */
export function readDocument(file: string, inline: string | undefined): unknown {
  const source = inline === undefined ? file : 'BRIDGE_CONFIG_YAML'
  const text = inline ?? readText(file)
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const lines = text.split('\n')
  const found = [...document.errors, ...document.warnings, ...unresolvedAliases(document)]
  const problems = found.map(({ code, message, pos: [start] }) => {
    const { line, col } = lineCounter.linePos(start)
    const unquoted = /[[,{]\s*\$\{/.test(lines[line - 1] ?? '')
    const quotes = unquoted ? `; inside brackets "\${NAME}" needs quotes` : ''
    return {
      where: `${source} line ${line}, column ${col}`,
      message: `is not YAML: ${ownWords[code] ?? withoutText(message)}${quotes}`,
    }
  })
  if (problems.length > 0) throw new ConfigError(problems)
  try {
    return document.toJS() as unknown
  } catch (error) {
    throw new ConfigError([{ where: source, message: `is not YAML: ${withoutText((error as Error).message)}` }], {
      cause: error,
    })
  }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
