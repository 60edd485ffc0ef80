import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbeddedStore } from '../../src/store/embedded.ts'
import { lockFolder } from '../../src/store/embedded-lock.ts'
import { aDelivery } from './store-contract/samples.ts'

const holder = fileURLToPath(new URL('../support/hold-folder.ts', import.meta.url))

describe('the embedded store’s folder', () => {
  let dir: string
  const children: ChildProcess[] = []
  const lockFile = () => join(dir, 'bridge.lock')

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'bridge-lock-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child)
    rmSync(dir, { recursive: true, force: true })
  })

  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** A child process that has the folder open. */
  const aHolder = async () => {
    const child = spawn(process.execPath, [holder, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    await once(child.stdout, 'data')
    return child
  }

  it('is refused to a second process, with the first one’s id and the folder', async () => {
    const child = await aHolder()
    await expect(openEmbeddedStore(dir)).rejects.toMatchObject({
      name: 'FolderInUseError',
      message: `the data folder ${dir} is in use by process ${child.pid}: stop that process, or set another DATA_DIR`,
    })
    expect(existsSync(lockFile())).toBe(true)
  })

  it('is taken over from a killed process', async () => {
    await kill(await aHolder())
    expect(existsSync(lockFile())).toBe(true)
    const store = await openEmbeddedStore(dir)
    await expect(store.ping()).resolves.toBeUndefined()
    await store.close()
  })

  it('is refused to the same process a second time, and free once it is closed', async () => {
    const store = await openEmbeddedStore(dir)
    await expect(openEmbeddedStore(dir)).rejects.toThrow(`process ${process.pid}`)
    const delivery = aDelivery()
    await store.journal.received(delivery)
    await store.close()
    expect(existsSync(lockFile())).toBe(false)
    const again = await openEmbeddedStore(dir)
    await expect(again.journal.find(delivery.id)).resolves.toMatchObject({ id: delivery.id })
    await again.close()
  })

  it.runIf(existsSync('/proc/self/stat'))('is taken over where another process has the id by now', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: process.pid, host: hostname(), startedAt: 'boot:1' }))
    lockFolder(dir)()
    expect(existsSync(lockFile())).toBe(false)
  })

  it('is refused where the owner is in another container and cannot be seen', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'bridge-elsewhere', startedAt: 'boot:1' }))
    await expect(openEmbeddedStore(dir)).rejects.toThrow(
      `in use by process 1 on bridge-elsewhere, which cannot be seen from here: if it surely runs no more, delete ${lockFile()}`,
    )
  })

  it('is refused where the lock cannot be read', async () => {
    writeFileSync(lockFile(), '')
    await expect(openEmbeddedStore(dir)).rejects.toThrow(`delete ${lockFile()}`)
  })

  it('is free again after an opening that failed', async () => {
    writeFileSync(join(dir, 'pglite'), 'not a folder')
    await expect(openEmbeddedStore(dir)).rejects.toThrow()
    expect(existsSync(lockFile())).toBe(false)
  })
})
