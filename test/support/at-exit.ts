import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signalFamily } from './child-processes.ts'

const alive = new Set<ChildProcess>()
const folders = new Set<string>()
// However this process ends, nothing of its own may run on or take room.
process.once('exit', () => {
  for (const { pid } of alive) if (pid !== undefined) signalFamily(pid, 'SIGKILL')
  for (const dir of folders) rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

/** Kills a process, and its children, if this one ends before it. */
export function endWithUs(child: ChildProcess): void {
  alive.add(child)
  child.once('exit', () => alive.delete(child))
}

/** An empty folder, removed when this process ends, if it is still there. */
export function temporaryFolder(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), prefix))
  folders.add(dir)
  return dir
}
