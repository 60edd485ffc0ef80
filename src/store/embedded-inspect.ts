import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { folderOwner } from './embedded-lock.ts'

/** What can be told of the embedded store without opening it, which one process alone may do. */
export interface EmbeddedFacts {
  readonly kind: 'embedded'
  /** Absolute. */
  readonly dir: string
  readonly exists: boolean
  readonly isWritable: boolean
  /** Process that has it open. */
  readonly usedBy: number | undefined
  readonly freeBytes: number | undefined
}

export function inspectEmbedded(folder: string): EmbeddedFacts {
  const dir = resolve(folder)
  const exists = existsSync(dir)
  // Where it is not there yet, it will be made in the nearest folder that is.
  let place = dir
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
  return {
    kind: 'embedded',
    dir,
    exists,
    isWritable: isWritable(place),
    usedBy: folderOwner(dir),
    freeBytes: freeBytes(place),
  }
}

function isWritable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function freeBytes(dir: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dir)
    return bavail * bsize
  } catch {
    return undefined
  }
}
