import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { StoreUnavailableError } from '../../../src/domain/errors.ts'
import type { LoggedWebhook } from '../../../src/journal/webhook-log.ts'
import { makeNoteWebhooks } from '../../../src/receive/note-webhooks.ts'

describe('the memory of webhooks', () => {
  const kept: LoggedWebhook[][] = []
  const inLog = new Set<string>()
  let isAway = false
  let taking = Promise.resolve()
  let putOff = 0

  const open = () =>
    makeNoteWebhooks(
      {
        add: async (entries) => {
          kept.push([...entries])
          await taking
          if (isAway) throw new StoreUnavailableError('away')
          for (const { id } of entries) inLog.add(id)
        },
        erase: async () => inLog.clear(),
      },
      { set: async () => {} },
      Date.now,
      () => {
        putOff += 1
      },
    )
  const tell = (notes: ReturnType<typeof open>) =>
    notes.answered('greenhouse', { status: 'ignored', reason: 'no-route', applicationId: '1' })

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
    kept.length = 0
    inLog.clear()
    isAway = false
    taking = Promise.resolve()
    putOff = 0
  })
  afterEach(() => void vi.useRealTimers())

  test('is kept once they cease', async () => {
    const notes = open()
    for (let told = 0; told < 3; told += 1) {
      tell(notes)
      await vi.advanceTimersByTimeAsync(400)
    }
    expect(kept).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    expect(kept.map((entries) => entries.length)).toEqual([3])
  })

  test('is kept also when they do not cease', async () => {
    const notes = open()
    for (let told = 0; told < 20 && kept.length === 0; told += 1) {
      tell(notes)
      await vi.advanceTimersByTimeAsync(400)
    }
    expect(kept).toHaveLength(1)
  })

  test('is kept in texts that every store takes, also where a long one is cut', async () => {
    const notes = open()
    const job = `${'a'.repeat(199)}\u{1f600}`
    notes.answered('greenhouse', { status: 'ignored', reason: 'no-route', stage: 'A\0I', job })
    await notes.close()
    expect(kept[0]?.[0]).toMatchObject({ stage: 'AI', job: `${'a'.repeat(199)}\ufffd` })
  })

  test('of a flood is written no more than is kept of it', async () => {
    const notes = open()
    for (let told = 0; told < 30_000; told += 1) tell(notes)
    await vi.advanceTimersByTimeAsync(500)
    expect(kept.flat()).toHaveLength(10_000)
    expect(Math.max(...kept.map((entries) => entries.length))).toBe(500)
  })

  test('is kept under the same ids when the store first refuses it, since it may have taken it', async () => {
    const notes = open()
    isAway = true
    tell(notes)
    await vi.advanceTimersByTimeAsync(500)
    expect(putOff).toBe(1)
    isAway = false
    tell(notes)
    await vi.advanceTimersByTimeAsync(500)
    const [refused, taken] = kept
    expect(taken).toHaveLength(2)
    expect(taken?.[0]).toEqual(refused?.[0])
  })

  test('loses who is erased before it is kept, and nobody else', async () => {
    const notes = open()
    const about = (connection: string, applicationId: string, candidateId: string) =>
      notes.answered(connection, { status: 'ignored', reason: 'other-event', applicationId, candidateId })
    about('greenhouse', '1', '10')
    about('greenhouse', '2', '20')
    about('second', '1', '10')
    notes.answered('greenhouse', { status: 'ignored', reason: 'ping' })
    notes.refused('greenhouse', 'body-too-large')
    await notes.erase({ connection: 'greenhouse', candidateId: '10' })
    await notes.erase({ connection: 'greenhouse', applicationId: '2' })
    await vi.advanceTimersByTimeAsync(500)
    expect(kept.flat().map(({ connection, reason }) => `${connection}: ${reason}`)).toEqual([
      'greenhouse: body-too-large',
      'second: other-event',
      'greenhouse: ping',
    ])
  })

  test.each([false, true])('loses who is erased while it is written, also when the store is away: %s', async (away) => {
    const notes = open()
    const { promise, resolve } = Promise.withResolvers<void>()
    taking = promise
    tell(notes)
    await vi.advanceTimersByTimeAsync(500)
    isAway = away
    const erasing = notes.erase({ connection: 'greenhouse', applicationId: '1' })
    resolve()
    await erasing
    isAway = false
    await notes.close()
    expect(kept).toHaveLength(1)
    expect(inLog.size).toBe(0)
  })

  test('waits for no moment that has passed while it reckoned', async () => {
    const notes = open()
    const clock = performance.now.bind(performance)
    let looks = 0
    vi.spyOn(performance, 'now').mockImplementation(() => {
      looks += 1
      return clock() + ((looks * 37) % 100) / 100
    })
    const waits = vi.spyOn(globalThis, 'setTimeout')
    for (let told = 0; told < 100; told += 1) {
      tell(notes)
      await vi.advanceTimersByTimeAsync(told % 2 === 0 ? 300 : 700)
    }
    const asked = waits.mock.calls.map(([, ms]) => Number(ms))
    vi.restoreAllMocks()
    expect(asked.length).toBeGreaterThan(50)
    expect(Math.min(...asked)).toBeGreaterThan(0)
  })
})
