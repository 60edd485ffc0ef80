import { parseEnv } from 'node:util'
import { SetupFailedError } from './asker.ts'

/** A variable to be set, with the line of comment it gets where it is new. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly comment?: string
}

const HEADER =
  '# Settings of Interview Link Bridge, made by: bridge setup. What else can be set stands in .env.example.\n'

/** A line that Node, Docker and Compose all read as this value. @throws SetupFailedError there is no such line */
export function envLine(name: string, value: string): string {
  const line = [`${name}=${value}`, `${name}='${value}'`].find((text) => {
    // A bare "$" is filled in by Compose.
    const isPlain = /^[A-Za-z_]\w*=[\w.:/@%+,=?&~-]*$/.test(text)
    return (isPlain || text.includes("='")) && !/[\r\n]/.test(value) && parseEnv(text)[name] === value
  })
  if (line === undefined)
    throw new SetupFailedError(`The value of ${name} cannot be written to .env: it holds quotes or line ends.`)
  return line
}

/** The file's text with the variables set: in place where they stand, also as a comment, else at the end. */
export function withVariables(text: string, variables: readonly Variable[]): string {
  const lines = (text === '' ? HEADER : text).replace(/\n*$/, '').split(/\r?\n/)
  for (const { name, value, comment } of variables) {
    const line = envLine(name, value)
    const isSet = (one: string) =>
      one
        .trimStart()
        .replace(/^export\s+/, '')
        .startsWith(`${name}=`)
    const at = [lines.findLastIndex(isSet), lines.findIndex((one) => one.startsWith(`#${name}=`))].find(
      (one) => one >= 0,
    )
    if (at !== undefined) lines[at] = line
    else lines.push(...(comment === undefined ? [] : ['', `# ${comment}`]), line)
  }
  return `${lines.join('\n')}\n`
}

/** Names of the variables that the text does not set yet, and of those that it sets to something else. */
export function changedNames(
  text: string,
  variables: readonly Variable[],
): { readonly added: readonly string[]; readonly replaced: readonly string[] } {
  const before = parseEnv(text)
  const old = (name: string) => before[name] ?? ''
  const changed = variables.filter(({ name, value }) => old(name) !== value).map(({ name }) => name)
  return { added: changed.filter((name) => old(name) === ''), replaced: changed.filter((name) => old(name) !== '') }
}
