import { afterEach } from 'vitest'

type CleanUp = () => unknown

/**
 * What is handed to the returned function runs after the test, last one first, each of them whatever became of the
 * others: a test that fails half-way leaves no server behind.
 */
export function cleanUpAfterEach(): (cleanUp: CleanUp) => void {
  const pending: CleanUp[] = []
  afterEach(async () => {
    const failures: unknown[] = []
    for (const cleanUp of pending.splice(0).reverse()) {
      try {
        await cleanUp()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'clean-up failed')
  })
  return (cleanUp) => void pending.push(cleanUp)
}
