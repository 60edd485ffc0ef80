import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { UsageError } from '../usage-error.ts'
import type { Given } from './flags.ts'

/** The variables of a file of `NAME=value` lines, `-` for standard input. @throws UsageError it cannot be read */
export function readSecrets(file: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new UsageError(`--secrets: ${file === '-' ? 'standard input' : file} cannot be read.`, { cause: error })
  }
}

/**
 * Where nobody can be asked, everything without a default must be there: all that is missing is named at once.
 * @param secretNames the variables that hold the ATS's secrets; undefined: no ATS was named
 * @param settingOf what a variable is set to
 * @throws UsageError
 */
export function refuseMissing(
  given: Given,
  secretNames: readonly string[] | undefined,
  settingOf: (name: string) => string | undefined,
): void {
  const wanted = secretNames === undefined ? [] : ['INTERVIEWFLOW_API_KEY', ...secretNames]
  const unset = wanted.filter((name) => settingOf(name) === undefined)
  const needsAddress =
    given['register-webhook'] === true && (given['public-url'] ?? settingOf('PUBLIC_URL')) === undefined
  const missing = [
    ...(secretNames === undefined ? ['the ATS (bridge setup greenhouse, or lever)'] : []),
    ...(['stage', 'interviewer'] as const).filter((flag) => given[flag] === undefined).map((flag) => `--${flag}`),
    ...(needsAddress ? ['--public-url'] : []),
    ...(unset.length === 0 ? [] : [`--secrets with ${unset.join(', ')}`]),
  ]
  if (missing.length > 0)
    throw new UsageError(`There is no terminal to ask at, so these are needed: ${missing.join('; ')}.`)
}
