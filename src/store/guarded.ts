import { StoreUnavailableError } from '../domain/errors.ts'

/** Turns a failure of the store, whatever the driver made of it, into the one error the rest of the house knows. */
export function storeUnavailable(cause: unknown): StoreUnavailableError {
  return cause instanceof StoreUnavailableError
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
