import { afterEach, expect, test, vi } from 'vitest'
import { StoreUnavailableError } from '../../../src/domain/errors.ts'
import { gathering } from '../../../src/queue/gathering.ts'

afterEach(() => void vi.useRealTimers())

const results = (promises: readonly Promise<unknown>[]) =>
  Promise.allSettled(promises).then((all) => all.map(({ status }) => status))

test('what comes in one turn goes in one batch, and each gets its own result', async () => {
  const batches: number[] = []
  const double = gathering(async (numbers: readonly number[]) => {
    batches.push(numbers.length)
    return numbers.map((number) => number * 2)
  }, 1_000)
  expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6])
  expect(batches).toEqual([3])
})

test('while two batches are under way the third is gathered', async () => {
  const batches: (readonly number[])[] = []
  const gates: PromiseWithResolvers<void>[] = []
  const call = gathering(async (numbers: readonly number[]) => {
    batches.push(numbers)
    const gate = Promise.withResolvers<void>()
    gates.push(gate)
    await gate.promise
    return numbers
  }, 1_000)
  const first = call(1)
  await new Promise(setImmediate)
  const second = call(2)
  await new Promise(setImmediate)
  const rest = [call(3), call(4)]
  await new Promise(setImmediate)
  expect(batches).toEqual([[1], [2]])
  gates[1]?.resolve()
  expect(await second).toBe(2)
  await new Promise(setImmediate)
  for (const gate of gates) gate.resolve()
  expect(await Promise.all([first, ...rest])).toEqual([1, 3, 4])
  expect(batches).toEqual([[1], [2], [3, 4]])
})

test('a call whose time is over when its batch begins is told so, without a word from Node', async () => {
  const warnings: string[] = []
  const listen = ({ name }: Error) => void warnings.push(name)
  process.on('warning', listen)
  const call = gathering(() => new Promise<never>(() => {}), 0)
  await expect(call(1)).rejects.toBeInstanceOf(StoreUnavailableError)
  process.off('warning', listen)
  expect(warnings).toEqual([])
})

test('a batch is bounded', async () => {
  const batches: number[] = []
  const call = gathering(async (numbers: readonly number[]) => {
    batches.push(numbers.length)
    return numbers
  }, 1_000)
  await Promise.all(Array.from({ length: 1_200 }, (_, at) => call(at)))
  expect(batches).toEqual([500, 500, 200])
})

test('when a batch fails, those who wait behind it are told at once, and the next call is tried anew', async () => {
  let isDown = true
  const call = gathering(async (numbers: readonly number[]) => {
    if (isDown) throw new Error('refused')
    return numbers
  }, 1_000)
  const all = Array.from({ length: 1_200 }, (_, at) => call(at))
  expect(new Set(await results(all))).toEqual(new Set(['rejected']))
  await expect(all[1_199]).rejects.toBeInstanceOf(StoreUnavailableError)
  isDown = false
  expect(await call(7)).toBe(7)
})

test('a batch that does not come back in time counts as failed', async () => {
  const call = gathering(() => new Promise<never>(() => {}), 20)
  await expect(call(1)).rejects.toBeInstanceOf(StoreUnavailableError)
})

test('the time spent behind other batches counts', async () => {
  vi.useFakeTimers()
  const call = gathering(async (numbers: readonly number[]) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    return numbers
  }, 2_000)
  const ended: string[] = []
  const note = (name: string) => {
    call(0).then(
      () => ended.push(`${name} taken`),
      () => ended.push(`${name} refused`),
    )
  }
  for (const name of ['first', 'second', 'behind them']) {
    note(name)
    await vi.advanceTimersByTimeAsync(1)
  }
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ended).toEqual(['first taken', 'second taken', 'behind them refused'])
  note('later')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ended.at(-1)).toBe('later taken')
})
