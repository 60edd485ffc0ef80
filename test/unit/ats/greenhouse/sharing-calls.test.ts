import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sharingCalls } from '../../../../src/ats/greenhouse/sharing-calls.ts'

describe('reads that share calls', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const reading = () => {
    const calls: (readonly string[])[] = []
    const read = sharingCalls(
      async (ids) => {
        calls.push(ids)
        return ids.map((id) => (id === 'odd' ? new Error(id) : `row ${id}`))
      },
      { maxIds: 3, windowMs: () => 1_000 },
    )
    return { calls, read }
  }

  it('wait for others until their window is over', async () => {
    const { calls, read } = reading()
    const rows = Promise.all([read('1'), read('2')])
    await vi.advanceTimersByTimeAsync(999)
    expect(calls).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(calls).toEqual([['1', '2']])
    await expect(rows).resolves.toEqual(['row 1', 'row 2'])
  })

  it('wait no longer once their call is full, and make it once', async () => {
    const { calls, read } = reading()
    const rows = Promise.all(['1', '2', '3', '4'].map(read))
    await vi.advanceTimersByTimeAsync(0)
    expect(calls).toEqual([['1', '2', '3']])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(calls).toEqual([['1', '2', '3'], ['4']])
    await expect(rows).resolves.toEqual(['row 1', 'row 2', 'row 3', 'row 4'])
  })

  it('fail one by one', async () => {
    const { read } = reading()
    const [row, failure] = [read('1'), expect(read('odd')).rejects.toThrow('odd')]
    await vi.advanceTimersByTimeAsync(1_000)
    await failure
    await expect(row).resolves.toBe('row 1')
  })
})
