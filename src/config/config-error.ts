/** One thing wrong with the configuration. Never holds a value that could be a secret. */
export interface Problem {
  /** A variable's name, a path in the document such as `routes[0].jobs[1]`, or a file with a line. */
  readonly where: string
  /** What is wrong and what would be right, as the end of a sentence that begins with `where`. */
  readonly message: string
}

/** The configuration cannot be used. Lists everything that is wrong with it, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(`${problems.length} configuration ${problems.length === 1 ? 'problem' : 'problems'}`, options)
    this.problems = problems
  }
}

/** The path of a value in the document, as people write it: `routes[0].jobs[1]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}
