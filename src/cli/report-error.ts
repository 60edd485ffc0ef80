import { styleText } from 'node:util'
import { ConfigError } from '../config/config-error.ts'
import { calledAs } from '../config/env.ts'
import { StoreUnavailableError, WrongKeyError, wrongKeyMend } from '../domain/errors.ts'
import { withoutValues } from '../ops/describe-error.ts'
import { FolderInUseError } from '../store/embedded-lock.ts'
import { UsageError } from './usage-error.ts'

const say = (text: string) => process.stderr.write(`${text}\n`)
const emphasize = (text: string) => styleText('red', text, { stream: process.stderr })

/**
 * Tells the person at the terminal what went wrong, without a stack.
 * @param command whose help to point to
 * @returns the exit code
 */
export function reportError(error: unknown, command: string): 1 | 2 {
  if (error instanceof UsageError) {
    say(`${emphasize(error.message)}\nSee: ${calledAs()} ${command === '' ? '' : `${command} `}--help`)
    return 2
  }
  if (error instanceof ConfigError) {
    say(emphasize(`${error.message}:`))
    for (const { where, message } of error.problems) say(`  ${where} ${message}`)
    return 2
  }
  if (error instanceof WrongKeyError) {
    say(emphasize(`The store cannot be opened: ${error.message}.`))
    say(`  To mend it, ${wrongKeyMend}.`)
    return 2
  }
  say(emphasize(sentence(error)))
  return 1
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return 'Failed for an unknown reason.'
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'The port is taken by another process. Stop that one, or set PORT.'
  if (code === 'EACCES') return `Not allowed: ${withoutValues(message)}`
  if (error instanceof FolderInUseError) return `The store cannot be opened: ${message}.`
  if (error instanceof StoreUnavailableError) return `The store cannot be used: ${message}`
  return `Failed: ${error.name}: ${withoutValues(message)}`
}
