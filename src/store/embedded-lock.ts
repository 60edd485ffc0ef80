import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder belongs to another process. Two on one folder would destroy it without a word. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

interface Owner {
  readonly pid: number
  /** Host or container: a process id says nothing outside of it. */
  readonly host: string
  /** When the process began, where the system tells; a process id is used again. */
  readonly startedAt?: string
}

/** What tells a process from an earlier one of the same id; undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold spaces. Field 22 counts from the start of the machine, hence its id.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`
  } catch {
    return undefined
  }
}

function isAlive({ pid, startedAt }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const startsNow = startOf(pid)
  return startedAt === undefined || startsNow === undefined || startedAt === startsNow
}

function readOwner(file: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner> | null
    return typeof owner?.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined
  } catch {
    return undefined
  }
}

function tryCreate(file: string, owner: Owner): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600)
    writeSync(handle, JSON.stringify(owner))
    closeSync(handle)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function refusal(dir: string, file: string, owner: Owner | undefined): FolderInUseError {
  if (owner?.host === hostname()) {
    return new FolderInUseError(
      `the data folder ${dir} is in use by process ${owner.pid}: stop that process, or set another DATA_DIR`,
    )
  }
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'a process that left no name'
  return new FolderInUseError(
    `the data folder ${dir} is in use by ${who}, which cannot be seen from here: ` +
      `if it surely runs no more, delete ${file}`,
  )
}

/** Takes a dead process's lock out of the way, unless another process was faster. */
function removeDead(file: string, dead: Owner): void {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = readOwner(aside)
  // It was a faster process's new lock: back with it.
  if (moved && (moved.pid !== dead.pid || moved.startedAt !== dead.startedAt)) tryCreate(file, moved)
  rmSync(aside, { force: true })
}

/**
 * Makes a folder ours alone: a file made exclusively, taken over only from a process that is surely dead. A late
 * heartbeat would prove nothing, since the embedded database blocks the event loop for long.
 * @returns gives the folder up
 * @throws FolderInUseError
 */
export function lockFolder(folder: string): () => void {
  const dir = resolve(folder)
  const file = join(dir, 'bridge.lock')
  const startedAt = startOf(process.pid)
  const us: Owner = { pid: process.pid, host: hostname(), ...(startedAt && { startedAt }) }
  mkdirSync(dir, { recursive: true })
  if (!tryCreate(file, us)) {
    const owner = readOwner(file)
    if (owner?.host !== us.host || isAlive(owner)) throw refusal(dir, file, owner)
    removeDead(file, owner)
    if (!tryCreate(file, us)) throw refusal(dir, file, readOwner(file))
  }
  return () => rmSync(file, { force: true })
}

/** The process that has a folder open, undefined where none does; one on another host counts as alive. */
export function folderOwner(folder: string): number | undefined {
  const owner = readOwner(join(resolve(folder), 'bridge.lock'))
  return owner && (owner.host !== hostname() || isAlive(owner)) ? owner.pid : undefined
}
