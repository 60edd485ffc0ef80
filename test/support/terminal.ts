import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { endWithUs } from './at-exit.ts'
import { until } from './until.ts'

/** Keys a person presses beside letters. */
export const keys = { enter: '\r', tab: '\t', down: '\u001b[B', ctrlC: '\u0003' }

/** A program at a real terminal. */
export interface Terminal {
  /** Waits until `pattern` stands in what came since the last answer, and types. @throws Error it never came, or the program ended */
  answer(pattern: RegExp, ...typed: readonly string[]): Promise<void>
  /** All it has shown, without colours and movements of the cursor. */
  shown(): string
  /** Waits for its end. @returns the exit code */
  ended(): Promise<number | null>
  /** Ends it if it still runs. */
  close(): Promise<void>
}

const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`

/**
 * Starts a program at a pseudo-terminal of 100 by 40, which `script` makes: part of every Debian, in its package
 * bsdutils.
 * @throws Error `script` is not there
 */
export function startAtTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const line = `stty cols 100 rows 40; exec ${command.map(quoted).join(' ')}`
  const child: ChildProcess = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
    cwd: options.cwd,
    env: { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  endWithUs(child)
  let shown = ''
  let answeredUpTo = 0
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += stripVTControlCharacters(text)
  })
  let failed: Error | undefined
  child.once('error', (error) => {
    failed = error
  })
  const exit = once(child, 'close').catch(() => [null])
  const isOver = () => failed !== undefined || child.exitCode !== null

  return {
    answer: async (pattern, ...typed) => {
      const isThere = () => pattern.test(shown.slice(answeredUpTo))
      const found = await until(() => isThere() || isOver()).then(isThere, () => false)
      if (!found) throw new Error(`never came: ${pattern}\n${shown.slice(answeredUpTo)}`, { cause: failed })
      answeredUpTo = shown.length
      for (const text of typed) child.stdin?.write(text)
    },
    shown: () => shown,
    ended: async () => {
      const [code] = (await exit) as [number | null]
      return code
    },
    close: async () => {
      if (!isOver()) child.kill('SIGTERM')
      await exit
    },
  }
}
