import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { nearest } from '../config/nearest-key.ts'
import type { Settings } from '../config/settings.ts'
import { UsageError } from './usage-error.ts'

const MAX_DISTANCE = 2
const helpFlag = { help: { type: 'boolean', short: 'h' } } as const

/** ` Did you mean serve?`, or nothing where no known word is near. */
export function didYouMean(word: string, known: readonly string[], prefix = ''): string {
  const near = nearest(word, known, MAX_DISTANCE)
  return near === undefined ? '' : ` Did you mean ${prefix}${near}?`
}

/**
 * Reads a command's flags; every flag is checked and nothing else may be there. `--help` is known everywhere: `main`
 * answers it before a command runs.
 * @throws UsageError unknown flag, a missing or unwanted value, a word that is no flag
 */
export function parseFlags<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  return parse(args, options, false).values
}

/** Reads the same, and words beside the flags. @throws UsageError as `parseFlags` does */
export function parseWords<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  const { values, positionals } = parse(args, options, true)
  return { words: positionals, flags: values }
}

function parse<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  allowPositionals: boolean,
) {
  try {
    return parseArgs({ args: [...args], options: { ...options, ...helpFlag }, strict: true, allowPositionals })
  } catch (error) {
    throw new UsageError(explain(error as NodeJS.ErrnoException, args, Object.keys(options)), { cause: error })
  }
}

/** Node's messages, as one line of ours. */
function explain({ code, message }: NodeJS.ErrnoException, args: readonly string[], known: readonly string[]): string {
  const culprit = /'([^']*)'/.exec(message)?.[1] ?? ''
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return `There is no flag ${culprit}.${didYouMean(culprit.replace(/^-+/, ''), [...known, 'help'], '--')}`
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return `"${culprit}" is not expected here.`
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message.split('\n')[0]?.replace(/\.?$/, '.') ?? ''
  return `The flags cannot be read: ${args.join(' ')}`
}

/** Whether help is asked for: anywhere before a bare `--`. */
export function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h')
}

/** A flag's value that counts something, or `standard` where it is not given. @throws UsageError */
export function wholeNumber<Standard extends number | undefined>(
  flag: string,
  given: string | undefined,
  standard: Standard,
  most: number,
): number | Standard {
  if (given === undefined) return standard
  if (!/^\d{1,6}$/.test(given) || Number(given) < 1 || Number(given) > most)
    throw new UsageError(`--${flag} must be a whole number from 1 to ${most}.`)
  return Number(given)
}

/** @throws UsageError bridge.yaml has no connection of this name */
export function assertConnection(name: string, { connections }: Pick<Settings, 'connections'>): void {
  const names = connections.map((connection) => connection.name)
  if (!names.includes(name))
    throw new UsageError(`There is no connection "${name}" in bridge.yaml.${didYouMean(name, names)}`)
}
