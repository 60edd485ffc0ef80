import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  const ownerFile = () => join(dir, 'bridge.lock')

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
    const refused = once(child, 'exit').then(([code]) => Promise.reject(new Error(`ended with ${code}`)))
    await Promise.race([once(child.stdout, 'data'), refused])
    refused.catch(() => undefined)
    return child
  }

  it('is refused to a second process, with the first one’s id and the folder', async () => {
    const child = await aHolder()
    await expect(openEmbeddedStore(dir)).rejects.toMatchObject({
      name: 'FolderInUseError',
      message: `the data folder ${dir} is in use by process ${child.pid}: stop that process, or set another DATA_DIR`,
    })
    expect(existsSync(ownerFile())).toBe(true)
  })

  it('is taken over from a killed process', async () => {
    await kill(await aHolder())
    expect(existsSync(ownerFile())).toBe(true)
    const store = await openEmbeddedStore(dir)
    await expect(store.ping()).resolves.toBeUndefined()
    await store.close()
  })

  it('is refused to the same process a second time, and free once it is closed', async () => {
    const store = await openEmbeddedStore(dir)
    await expect(openEmbeddedStore(dir)).rejects.toThrow(`process ${process.pid}`)
    const delivery = aDelivery()
    await store.journal.received([delivery])
    await store.close()
    expect(existsSync(ownerFile())).toBe(false)
    const again = await openEmbeddedStore(dir)
    await expect(again.journal.find(delivery.id)).resolves.toMatchObject({ id: delivery.id })
    await again.close()
  })

  it('is taken over from a container that was killed, whose name and process ids nobody knows any more', async () => {
    await kill(await aHolder())
    writeFileSync(ownerFile(), JSON.stringify({ pid: process.pid, host: 'bridge-elsewhere' }))
    lockFolder(dir)()
    expect(existsSync(ownerFile())).toBe(false)
  })

  it('is refused while a process in another container has it', async () => {
    await aHolder()
    writeFileSync(ownerFile(), JSON.stringify({ pid: 1, host: 'bridge-elsewhere' }))
    await expect(openEmbeddedStore(dir)).rejects.toThrow('in use by process 1 on bridge-elsewhere')
  })

  it('is refused while its owner is frozen', async () => {
    const child = await aHolder()
    child.kill('SIGSTOP')
    expect(() => lockFolder(dir)).toThrow(`in use by process ${child.pid}`)
  })

  it('is refused where the owner has left no name', async () => {
    await aHolder()
    writeFileSync(ownerFile(), '')
    await expect(openEmbeddedStore(dir)).rejects.toThrow('in use by another process')
  })

  it('lets one in of several that come at the same time', async () => {
    await kill(await aHolder())
    const asked = await Promise.allSettled(Array.from({ length: 4 }, () => aHolder()))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is free again after an opening that failed', async () => {
    writeFileSync(join(dir, 'pglite'), 'not a folder')
    await expect(openEmbeddedStore(dir)).rejects.toThrow()
    expect(existsSync(ownerFile())).toBe(false)
  })
})
