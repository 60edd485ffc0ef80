import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StoreUnavailableError } from '../../../src/domain/errors.ts'
import { type LeaseHold, takeLease } from '../../../src/store/renewing-lease.ts'

const takenLease = async (hold: Partial<LeaseHold>, now?: () => number) => {
  const none: LeaseHold = { take: async () => true, renew: async () => true, release: async () => undefined }
  const lease = await takeLease('name', { ...none, ...hold }, now)
  if (!lease) throw new Error('not taken')
  return lease
}
const leaseOf = async (renew: LeaseHold['renew'], release: LeaseHold['release'] = async () => undefined) =>
  await takenLease({ renew, release })

describe('a lease', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is held as long as it is renewed', async () => {
    const lease = await leaseOf(async () => true)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(lease.isHeld()).toBe(true)
    await lease.release()
  })

  it('is not held once the store says it is somebody else’s', async () => {
    const lease = await leaseOf(async () => false)
    expect(lease.isHeld()).toBe(true)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(lease.isHeld()).toBe(false)
  })

  it('is not held before it can have expired, when the store is away', async () => {
    const lease = await leaseOf(async () => await Promise.reject(new Error('away')))
    await vi.advanceTimersByTimeAsync(11_000)
    expect(lease.isHeld()).toBe(true)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(lease.isHeld()).toBe(false)
  })

  it('is held again after the store was away for a moment', async () => {
    let isAway = true
    const lease = await leaseOf(async () => (isAway ? await Promise.reject(new Error('away')) : true))
    await vi.advanceTimersByTimeAsync(9_000)
    isAway = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(lease.isHeld()).toBe(true)
  })

  it('is not held after a freeze of the process, before any timer runs', async () => {
    let now = 0
    const lease = await takenLease({}, () => now)
    now = 12_000
    expect(lease.isHeld()).toBe(false)
  })

  it('counts from when the renewal was asked for, not from its answer', async () => {
    let now = 0
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const lease = await takenLease({ renew: async () => await promise }, () => now)
    now = 5_000
    await vi.advanceTimersByTimeAsync(5_000)
    now = 11_000
    resolve(true)
    await vi.advanceTimersByTimeAsync(0)
    now = 16_999
    expect(lease.isHeld()).toBe(true)
    now = 17_000
    expect(lease.isHeld()).toBe(false)
  })

  it('is given up without a complaint when the store is away', async () => {
    const lease = await leaseOf(
      async () => true,
      async () => await Promise.reject(new Error('away')),
    )
    await expect(lease.release()).resolves.toBeUndefined()
    expect(lease.isHeld()).toBe(false)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(lease.isHeld()).toBe(false)
  })

  it('is not lost by a name that was taken while it was being renewed', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const renewed: (readonly string[])[] = []
    const lease = await takenLease({
      renew: async (names) => {
        renewed.push(names)
        const { length } = names
        await promise
        return names.length === length
      },
    })
    await vi.advanceTimersByTimeAsync(5_000)
    await lease.alsoTake('another')
    resolve()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(renewed).toEqual([['name'], ['name', 'another']])
    expect(lease.isHeld()).toBe(true)
  })

  it('gives back what it was about to take', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const happened: string[] = []
    const lease = await takenLease({
      take: async (name) => {
        const isTaken = name === 'name' || (await promise)
        happened.push(`took ${name}`)
        return isTaken
      },
      release: async (names) => void happened.push(`released ${names.join(' ')}`),
    })
    const taking = lease.alsoTake('another')
    const releasing = lease.release()
    resolve(true)
    await Promise.all([taking, releasing])
    expect(happened).toEqual(['took name', 'took another', 'released name another'])
  })

  it('that may have been taken without our being told is given back', async () => {
    const released: string[] = []
    const taking = takenLease({
      take: async () => await Promise.reject(new Error('away')),
      release: async (names) => {
        released.push(...names)
        throw new Error('away')
      },
    })
    await expect(taking).rejects.toBeInstanceOf(StoreUnavailableError)
    expect(released).toEqual(['name'])
  })

  it('gives back what it may have taken without being told', async () => {
    const released: string[] = []
    const lease = await takenLease({
      take: async (name) => (name === 'name' ? true : await Promise.reject(new Error('away'))),
      release: async (names) => void released.push(...names),
    })
    await expect(lease.alsoTake('another')).rejects.toBeInstanceOf(StoreUnavailableError)
    await lease.release()
    expect(released).toEqual(['name', 'another'])
  })
})
