import { LapsedError, StoreUnavailableError, WrongKeyError } from '../domain/errors.ts'

/**
 * Turns a failure of the store, whatever the driver made of it, into the one error the rest of the house knows. What
 * the store itself has to say passes: that somebody has been erased, and that the key is wrong.
 */
export function storeUnavailable(cause: unknown): Error {
  return cause instanceof StoreUnavailableError || cause instanceof LapsedError || cause instanceof WrongKeyError
    ? cause
    : new StoreUnavailableError('the store did not take the call', { cause })
}

/**
 * The same port, whose methods reject with StoreUnavailableError and the driver's error as its cause.
 * Only for ports of which every method returns a promise.
 */
export function guarded<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        try {
          return (await member.apply(target, args)) as unknown
        } catch (error) {
          throw storeUnavailable(error)
        }
      }
    },
  })
}
