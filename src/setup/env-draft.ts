import { type Environment, setVariables } from '../config/env.ts'
import { lookUp } from '../config/variable-files.ts'
import { type Asker, SetupFailedError } from './asker.ts'
import { changedNames, type Variable, withVariables } from './env-file.ts'
import { replaceFile, saveFile, textOf } from './save-file.ts'

const MODE = 0o600

/** `.env` while it is being made. */
export class EnvDraft {
  readonly #file: string
  readonly #known: Readonly<Record<string, string>>
  #pending: Variable[] = []
  #isWritten = false
  #hasCopy = false

  /** @param environment what is set already, `.env` included @param file where it is written */
  constructor(environment: Environment, file: string) {
    this.#known = setVariables(environment)
    this.#file = file
  }

  /** Whether anything has been written. */
  get isWritten(): boolean {
    return this.#isWritten
  }

  value(name: string): string | undefined {
    return this.#pending.findLast((one) => one.name === name)?.value ?? lookUp(this.#known, name).value
  }

  /** Everything that is set, with what is still to be written. */
  all(): Readonly<Record<string, string>> {
    return { ...this.#known, ...Object.fromEntries(this.#pending.map(({ name, value }) => [name, value])) }
  }

  keep(name: string, value: string, comment = ''): void {
    if (this.value(name) === value) return
    this.#pending = this.#pending.filter((one) => one.name !== name)
    this.#pending.push({ name, value, ...(comment !== '' && { comment }) })
  }

  /** Writes one variable, which can be had only once, without asking. */
  writeNow(name: string): void {
    const variables = this.#pending.filter((one) => one.name === name)
    this.#save(withVariables(textOf(this.#file), variables))
  }

  /**
   * Shows what changes and writes it. What is not to be replaced stays as it stands in the file, also here.
   * @param agrees asks whether to replace values that are there; not asked where there are none
   * @throws SetupFailedError values would be replaced, and nobody can be asked
   */
  async write(asker: Asker, agrees: (what: string) => Promise<boolean>): Promise<void> {
    const text = textOf(this.#file)
    const { added, replaced } = changedNames(text, this.#pending)
    if (added.length + replaced.length === 0) return
    const changes = [
      ...replaced.map((name) => `  ~ ${name} (has another value)`),
      ...added.map((name) => `  + ${name}`),
    ]
    asker.say([`${this.#file}:`, ...changes].join('\n'))
    if (replaced.length > 0 && !(await agrees(`Replace these values in ${this.#file}: ${replaced.join(', ')}?`))) {
      if (!asker.isInteractive)
        throw new SetupFailedError(
          `${this.#file} has other values for ${replaced.join(', ')} and was left as it is; with --yes they are replaced.`,
        )
      this.#pending = this.#pending.filter(({ name }) => !replaced.includes(name))
      asker.say(`Left as they were: ${replaced.join(', ')}. What was tried above were the new values.`)
      if (added.length === 0) return
    }
    this.#save(withVariables(text, this.#pending))
    asker.good(`${this.#file} written${this.#hasCopy ? `; the earlier one is ${this.#file}.bak` : ''}`)
  }

  /** The copy is of what stood there before the run, so only the first writing makes one. */
  #save(text: string): void {
    if (this.#isWritten) replaceFile(this.#file, text, MODE)
    else this.#hasCopy = saveFile(this.#file, text, MODE)
    this.#isWritten = true
  }
}
