import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'

/** Whether it was ended, by itself or by a signal. */
export const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** Ends a process, frozen or not, and waits for its end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return
  child.ref()
  const ended = once(child, 'exit')
  signalFamily(child.pid, 'SIGCONT')
  child.kill(signal)
  await ended
}

/** Signals a process and its children: a database has one per connection. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  if (signal !== 'SIGSTOP') {
    for (const member of [...childrenOf(pid), pid]) trySignal(member, signal)
    return
  }
  // While the parent still runs its children come and go, and the list of them has holes.
  trySignal(pid, signal)
  while (isRunning(pid)) trySignal(pid, signal)
  for (const child of childrenOf(pid)) trySignal(child, signal)
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether there is such a process and it does anything: a frozen one and one that only waits to be buried do not. */
export const isRunning = (pid: number) => /^State:\s+[RSD]/m.test(readProc(`${pid}/status`) ?? '')

/** The ids of a process's children. */
export function childrenOf(pid: number): number[] {
  const listed = readProc(`${pid}/task/${pid}/children`) ?? (existsSync('/proc') ? '' : pgrepChildren(pid))
  return listed.trim().split(/\s+/).filter(Boolean).map(Number)
}

/** The children where there is no /proc: on macOS. */
function pgrepChildren(pid: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}
