import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { runUntilSignal } from '../../../src/cli/run-until-signal.ts'

const never = new Promise<void>(() => {})

afterEach(() => {
  expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')).toBe(listenersBefore)
})
const listenersBefore = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')

const signal = async (name: 'SIGINT' | 'SIGTERM' = 'SIGTERM') => {
  const received = once(process, name)
  process.emit(name)
  await received
}

describe('a running service', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('stops in order at %s and ends with 0', async (name) => {
    let stops = 0
    const ended = runUntilSignal(async () => ({
      stop: async () => {
        stops += 1
      },
    }))
    await signal(name)
    expect(await ended).toBe(0)
    expect(stops).toBe(1)
  })

  test('a signal that comes while it starts stops it once it has started', async () => {
    const started = Promise.withResolvers<void>()
    const done: string[] = []
    const ended = runUntilSignal(async () => {
      await started.promise
      done.push('started')
      return {
        stop: async () => {
          done.push('stopped')
        },
      }
    })
    await signal()
    started.resolve()
    expect(await ended).toBe(0)
    expect(done).toEqual(['started', 'stopped'])
  })

  test('a second signal leaves at once, with 1', async () => {
    const stopping = Promise.withResolvers<void>()
    const ended = runUntilSignal(async () => ({
      stop: () => {
        stopping.resolve()
        return never
      },
    }))
    await signal()
    await stopping.promise
    await signal('SIGINT')
    expect(await ended).toBe(1)
  })

  test('stopping that takes too long ends with 1', async () => {
    const ended = runUntilSignal(async () => ({ stop: () => never }), 1)
    await signal()
    expect(await ended).toBe(1)
  })

  test('what goes wrong at the start is passed on', async () => {
    await expect(runUntilSignal(() => Promise.reject(new Error('no store')))).rejects.toThrow('no store')
  })

  test('what ends by itself and badly is stopped and passed on, so that the process ends with 1', async () => {
    let stops = 0
    const stop = async () => {
      stops += 1
      throw new Error('nor does it stop')
    }
    const running = { stop, ended: Promise.reject(new Error('the worker is lost')) }
    await expect(runUntilSignal(async () => running)).rejects.toThrow('the worker is lost')
    expect(stops).toBe(1)
  })
})
