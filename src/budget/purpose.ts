import { AsyncLocalStorage } from 'node:async_hooks'
import type { Purpose } from './limit.ts'

const purposes = new AsyncLocalStorage<Purpose>()

/**
 * Runs work all of whose calls to an ATS are made for the purpose. It goes with the work instead of through the hands of
 * every adapter, since none of them has a say in it.
 */
export function runFor<T>(purpose: Purpose, work: () => T): T {
  return purposes.run(purpose, work)
}

/** Whose calls are being made; live ones unless told otherwise. */
export function currentPurpose(): Purpose {
  return purposes.getStore() ?? 'live'
}
