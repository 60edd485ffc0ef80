import { formatPath, type Problem } from './config-error.ts'
import { lookUp } from './variable-files.ts'

type Path = readonly PropertyKey[]

/** `$${` is a way to write `${` itself; a name that is not one of a variable is a mistake, so everything is matched. */
const placeholder = /\$?\$\{([^}]*)\}?/g
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

function fillText(text: string, variables: Readonly<Record<string, string>>, refuse: (message: string) => void) {
  return text.replace(placeholder, (match: string, name: string) => {
    if (match.startsWith('$$')) return match.slice(1)
    if (!match.endsWith('}') || !variableName.test(name)) {
      refuse(`holds "\${" without a variable’s name and "}" after it; write "$\${" for the characters themselves`)
      return ''
    }
    const { value, problem } = lookUp(variables, name)
    if (problem !== undefined) refuse(`takes the variable ${name}: ${problem.where} ${problem.message}`)
    else if (value === undefined) refuse(`takes the variable ${name}, which is not set`)
    return value ?? ''
  })
}

/** Puts the variables' values in place of `${NAME}` in every text of a parsed document; keys are left as they are. */
export function fillPlaceholders(
  document: unknown,
  variables: Readonly<Record<string, string>>,
): { readonly document: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const fill = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string')
      return fillText(value, variables, (message) => problems.push({ where: formatPath(path), message }))
    if (Array.isArray(value)) return value.map((entry, index) => fill(entry, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry, [...path, key])]))
  }
  return { document: fill(document, []), problems }
}
