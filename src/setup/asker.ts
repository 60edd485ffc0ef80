/** Something to choose from. */
export interface Choice<Value> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

/** The person at the terminal has ended the dialogue: exit code 130. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError'
}

/** What was given does not work; the message is a sentence for the person who gave it. */
export class SetupFailedError extends Error {
  override readonly name = 'SetupFailedError'
}

/** How the wizard talks: with a person, or with nobody, when flags and variables must say everything. */
export interface Asker {
  /** False: every question throws, so nothing may be asked that has no answer yet. */
  readonly isInteractive: boolean
  secret(question: { readonly message: string }): Promise<string>
  text(question: {
    readonly message: string
    readonly initial?: string
    /** @returns what is wrong, or undefined */
    readonly check?: (text: string) => string | undefined
  }): Promise<string>
  choose<Value extends string>(question: {
    readonly message: string
    readonly choices: readonly Choice<Value>[]
    readonly initial?: Value
  }): Promise<Value>
  chooseMany(question: {
    readonly message: string
    readonly choices: readonly Choice<string>[]
  }): Promise<readonly string[]>
  confirm(message: string, initial?: boolean): Promise<boolean>
  /** Shows that something is being waited for. */
  during<Result>(what: string, work: () => Promise<Result>): Promise<Result>
  heading(text: string): void
  good(text: string): void
  bad(text: string): void
  say(text: string): void
}

/**
 * An answer that works: the one given if there is one, else the person's, asked again until it does.
 * @param options.problemOf what is wrong with an answer, as a sentence
 * @throws SetupFailedError the given answer does not work, and nobody can be asked
 */
export async function settle<Value>(
  asker: Asker,
  options: {
    readonly given: Value | undefined
    readonly ask: () => Promise<Value>
    readonly problemOf: (value: Value) => Promise<string | undefined>
  },
): Promise<Value> {
  let { given } = options
  for (;;) {
    const value = given ?? (await options.ask())
    const problem = await options.problemOf(value)
    if (problem === undefined) return value
    if (!asker.isInteractive) throw new SetupFailedError(problem)
    asker.bad(problem)
    given = undefined
  }
}
