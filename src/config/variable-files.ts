import { readFileSync } from 'node:fs'
import type { Problem } from './config-error.ts'

type Variables = Readonly<Record<string, string>>

/** What a variable is set to, or what is wrong with it; neither where it is not set. */
interface Found {
  readonly value?: string
  readonly problem?: Problem
}

/**
 * A variable's value: its own, or what stands in the file that `<NAME>_FILE` names, without its last line end. So a
 * secret that Docker or Kubernetes mounts never is in the environment.
 */
export function lookUp(variables: Variables, name: string): Found {
  const fileVariable = `${name}_FILE`
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined
  const file = Object.hasOwn(variables, fileVariable) ? variables[fileVariable] : undefined
  if (file === undefined) return value === undefined ? {} : { value }
  const refuse = (message: string): Found => ({ problem: { where: fileVariable, message } })
  if (value !== undefined) return refuse(`and ${name} are both set: take one of them out`)
  try {
    const text = readFileSync(file, 'utf8').replace(/[\r\n]+$/, '')
    return text.trim() === '' ? refuse(`names ${file}, which is empty`) : { value: text }
  } catch (error) {
    return refuse(`names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no code'})`)
  }
}

/** The variables with those of `names` filled in that are given as files. */
export function withFiles(
  variables: Variables,
  names: readonly string[],
): { readonly variables: Variables; readonly problems: readonly Problem[] } {
  const found = names.map((name) => [name, lookUp(variables, name)] as const)
  const values = found.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]))
  return {
    variables: { ...variables, ...Object.fromEntries(values) },
    problems: found.flatMap(([, { problem }]) => problem ?? []),
  }
}
