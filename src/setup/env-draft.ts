import { type Environment, setVariables } from '../config/env.ts'
import { lookUp } from '../config/variable-files.ts'
import type { Asker } from './asker.ts'
import { type Variable, variableChanges, withVariables } from './env-file.ts'
import { saveFile, textOf } from './save-file.ts'

const MODE = 0o600

/** `.env` while it is being made. */
export class EnvDraft {
  readonly #file: string
  readonly #known: Readonly<Record<string, string>>
  #pending: Variable[] = []
  #isWritten = false

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

  /** Forgets a value that did not work. */
  drop(name: string): void {
    this.#pending = this.#pending.filter((one) => one.name !== name)
  }

  /** Writes what can be had only once, without asking. */
  writeNow(): void {
    const text = textOf(this.#file)
    saveFile(this.#file, withVariables(text, this.#pending), MODE)
    this.#isWritten = true
  }

  /**
   * Shows what changes and writes it.
   * @param agrees asks whether to replace a value that is there; not asked where there is none
   */
  async write(asker: Asker, agrees: (what: string) => Promise<boolean>): Promise<void> {
    const text = textOf(this.#file)
    const changes = variableChanges(text, this.#pending)
    if (changes.length === 0) return
    asker.say([`${this.#file}:`, ...changes.map((line) => `  ${line}`)].join('\n'))
    const replaces = changes.some((line) => line.startsWith('~'))
    if (replaces && !(await agrees(`Replace these values in ${this.#file}?`))) return
    const hasCopy = saveFile(this.#file, withVariables(text, this.#pending), MODE)
    this.#isWritten = true
    asker.good(`${this.#file} written${hasCopy ? `; the earlier one is ${this.#file}.bak` : ''}`)
  }
}
