import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

/** What a run of the command line left. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real process in an empty folder, with no variable set but those given, and waits for its end. */
export function bridge(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const cwd = mkdtempSync(join(tmpdir(), 'bridge-cli-'))
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { cwd, env: variables }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr })
    })
  })
}
