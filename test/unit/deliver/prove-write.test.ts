import { expect, it } from 'vitest'
import type { WriteTarget } from '../../../src/ats/adapter.ts'
import { makeProveWrite } from '../../../src/deliver/prove-write.ts'
import type { Application } from '../../../src/domain/application.ts'
import { RetryableError } from '../../../src/domain/errors.ts'
import { MemoryCache } from '../../support/ats-tools.ts'

const application: Application = {
  ...{ id: '1', candidateId: '2', stageId: '3', stageName: 'AI Interview' },
  ...{ name: 'Robin Sample', email: 'robin.sample@example.com', standing: {} },
}

it('an ATS that gives no answer about a write is left alone for a minute, and then asked again', async () => {
  let asked = 0
  const target: WriteTarget = {
    name: 'note',
    repeatable: false,
    write: async () => await Promise.resolve('written'),
    isWritten: async () => {
      asked += 1
      return await Promise.reject(new RetryableError('ats-unavailable'))
    },
  }
  let now = 1_000_000
  const prove = makeProveWrite(new MemoryCache(), () => now)
  const write = async () => await prove('greenhouse', target, application, 'https://example.com/form')
  await Promise.all([write(), write(), write()])
  now += 59_000
  await write()
  expect(asked).toBe(1)
  now += 2_000
  await write()
  expect(asked).toBe(2)
})
