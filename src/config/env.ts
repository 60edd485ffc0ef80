import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.ts'

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The process's environment over what `file` holds; a file that is not there is no mistake.
 * @throws ConfigError the file is there and cannot be read
 */
export function readEnvironment(file = '.env'): Environment {
  return { ...readEnvFile(file), ...process.env }
}

function readEnvFile(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no code'
    if (code === 'ENOENT') return {}
    throw new ConfigError([{ where: file, message: `is there but cannot be read (${code})` }], { cause: error })
  }
}

/**
 * The variables that count as set: an empty one, or one of blanks alone, does not, and the line end that
 * `docker --env-file` leaves on values of a file written on Windows is no part of a value.
 */
export function setVariables(environment: Environment): Readonly<Record<string, string>> {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.replace(/[\r\n]+$/, '') ?? ''])
  return Object.fromEntries(trimmed.filter(([, value]) => value?.trim() !== ''))
}

/** Whether a person can be asked: both ends are terminals, and no CI runs us. */
export function isTerminalDialogue(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && (process.env['CI'] ?? '') === ''
}

/** How the person at the terminal calls us, for commands they can type as they stand. */
export function calledAs(): string {
  return process.env['npm_package_name'] === 'interview-link-bridge' ? 'npm run bridge --' : 'bridge'
}
