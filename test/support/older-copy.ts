import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { TestServer } from './server-process.ts'

/** What a store had on disk at one moment. */
export interface OlderCopy {
  /** Kills the server, and starts it again as it was then. May be done again. */
  restore(): Promise<void>
  remove(): Promise<void>
}

const copyFolder = async (from: string, to: string) => void (await promisify(execFile)('cp', ['-a', from, to]))
const removeFolder = async (dir: string) => await rm(dir, { recursive: true, force: true })

/** Copies the folder of a running server, held still meanwhile: what a snapshot of its disk would hold. */
export async function copyOf(server: TestServer): Promise<OlderCopy> {
  const { dir } = server
  const copy = `${dir}-${process.hrtime.bigint()}`
  server.freeze()
  await copyFolder(dir, copy).finally(() => server.thaw())
  return {
    async restore() {
      await server.kill()
      await removeFolder(dir)
      await copyFolder(copy, dir)
      await server.restart()
    },
    remove: async () => await removeFolder(copy),
  }
}
