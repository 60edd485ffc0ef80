import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The folder belongs to another process. Two on one folder would destroy it without a word. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

interface Owner {
  readonly pid: number
  /** Host or container: a process id says nothing outside of it. */
  readonly host: string
}

/** The file that the operating system locks. It is never removed: another process may be about to lock it. */
const lockFile = (dir: string) => join(dir, 'bridge.lock.db')
/** Says whose the lock is. A lock's own file cannot be read by others. */
const ownerFile = (dir: string) => join(dir, 'bridge.lock')

/** How long another one's look at the lock is waited for. */
const LOOK_MS = 500
/** @see https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/** Those that are held. One that nobody refers to is closed by the garbage collector. */
const held = new Set<DatabaseSync>()

function tryLock(dir: string, waitMs: number): DatabaseSync | undefined {
  const lock = new DatabaseSync(lockFile(dir), { timeout: waitMs })
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw error
  }
}

function readOwner(dir: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(ownerFile(dir), 'utf8')) as Partial<Owner> | null
    return typeof owner?.pid === 'number' && typeof owner.host === 'string' ? (owner as Owner) : undefined
  } catch {
    return undefined
  }
}

function refusal(dir: string): FolderInUseError {
  const owner = readOwner(dir)
  const who = owner ? `process ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`}` : 'another process'
  return new FolderInUseError(`the data folder ${dir} is in use by ${who}: stop that process, or set another DATA_DIR`)
}

/**
 * Makes a folder ours alone. What keeps others out is the operating system's lock on a file, taken by way of SQLite
 * since Node has no call for it: it holds in every container that shares the folder, also while we are frozen or
 * busy, and ends with the process, however that ends. A heartbeat would prove nothing, and a process id means nothing to
 * the container that takes a killed one's place.
 * @returns gives the folder up
 * @throws FolderInUseError
 */
export function lockFolder(folder: string): () => void {
  const dir = resolve(folder)
  mkdirSync(dir, { recursive: true })
  const lock = tryLock(dir, LOOK_MS)
  if (!lock) throw refusal(dir)
  held.add(lock)
  const us: Owner = { pid: process.pid, host: hostname() }
  writeFileSync(ownerFile(dir), JSON.stringify(us), { mode: 0o600 })
  return () => {
    if (!held.delete(lock)) return
    rmSync(ownerFile(dir), { force: true })
    lock.close()
  }
}

/** The process that has a folder open, 0 where it has left no name; undefined where none does. */
export function folderOwner(folder: string): number | undefined {
  const dir = resolve(folder)
  if (!existsSync(lockFile(dir))) return undefined
  try {
    const lock = tryLock(dir, 0)
    if (!lock) return readOwner(dir)?.pid ?? 0
    lock.close()
  } catch {
    // We may not look: whether the folder can be written to is told elsewhere.
  }
  return undefined
}
