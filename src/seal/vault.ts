import { WrongKeyError } from '../domain/errors.ts'
import { isSealed, makeSeal } from './seal.ts'

/** What stands between the ledger and its store: texts are kept sealed where there is a key, in clear where not. */
export interface Vault {
  /** The text as it is to be kept. @param name where it will be kept */
  close(text: string, name: string): string
  /** The text as it was; one that was kept in clear is taken as it is. @throws WrongKeyError none of our keys opens it */
  open(kept: string, name: string): string
  /** Whether it is kept as it would be kept now; if not, it is to be kept anew. */
  isCurrent(kept: string): boolean
  /** Whether there is a key. */
  readonly seals: boolean
}

/**
 * A vault with the keys of ENCRYPTION_KEY.
 * @param keys the first one seals, each opens; none: texts are kept in clear
 */
export function makeVault(keys: readonly Buffer[]): Vault {
  const [first, ...others] = keys
  if (first === undefined) {
    const open = (kept: string) => {
      if (isSealed(kept)) throw new WrongKeyError('what the store holds is sealed, and ENCRYPTION_KEY is not set')
      return kept
    }
    return { close: (text) => text, open, isCurrent: () => true, seals: false }
  }
  const seal = makeSeal([first, ...others], 'ledger')
  return {
    close: (text, name) => seal.close(text, name),
    open: (kept, name) => {
      if (!isSealed(kept)) return kept
      const text = seal.open(kept, name)
      if (text === undefined) throw new WrongKeyError('what the store holds was sealed with another ENCRYPTION_KEY')
      return text
    },
    isCurrent: (kept) => seal.isCurrent(kept),
    seals: true,
  }
}
