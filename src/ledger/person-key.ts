import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { PersonKey, Subject, SubjectKey } from './ledger.ts'

/** Enough that no two are ever the same; they stand in every entry of the ledger, so short ones matter. */
const KEY_BYTES = 16

const keyObjects = new WeakMap<Buffer, KeyObject>()

/** Kept: to make one takes longer than the hash, and of plain bytes Node makes one each time. */
function keyObjectOf(hashKey: Buffer): KeyObject {
  const known = keyObjects.get(hashKey) ?? createSecretKey(hashKey)
  keyObjects.set(hashKey, known)
  return known
}

const keyed = (hashKey: Buffer, ...parts: readonly string[]): string =>
  createHmac('sha256', keyObjectOf(hashKey)).update(JSON.stringify(parts)).digest().toString('base64url', 0, KEY_BYTES)

/**
 * Who a person is to one interviewer, without saying it: the vendor knows them by e-mail address, and refuses a second
 * interview with the same interviewer.
 * @param hashKey the ledger's own; without it the key tells nothing of the address
 */
export function personKey(hashKey: Buffer, interviewer: string, email: string): PersonKey {
  return keyed(hashKey, 'person', interviewer.trim().toLowerCase(), email.trim().toLowerCase())
}

/**
 * Keyed hashes of the words of a name, sorted: lower case, without marks on letters and without initials.
 * Bound to the person, so that equal names of two people cannot be told from the store.
 */
export function nameWords(hashKey: Buffer, person: PersonKey, name: string): string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const words = plain.split(/[^\p{L}]+/u).filter((word) => [...word].length > 1)
  const hashes = words.map((word) => keyed(hashKey, 'name', person, word))
  return [...new Set(hashes)].sort()
}

/**
 * Whether two names can hardly be one person's: neither holds all words of the other. A name without words clashes
 * with none.
 */
export function namesClash(left: readonly string[], right: readonly string[]): boolean {
  const holdsAll = (words: readonly string[], others: readonly string[]) => others.every((word) => words.includes(word))
  return !holdsAll(left, right) && !holdsAll(right, left)
}

/**
 * What the ledger knows a candidate or an application by, so that it can erase what is theirs without holding a list of
 * who they are.
 */
export function subjectKey(
  hashKey: Buffer,
  connection: string,
  kind: 'candidate' | 'application',
  id: string,
): SubjectKey {
  return keyed(hashKey, kind, connection, id)
}

/** Whose the entries of a candidate's application are. */
export function subjectOf(
  hashKey: Buffer,
  of: { readonly connection: string; readonly candidateId: string; readonly applicationId: string },
): Subject {
  return {
    candidate: subjectKey(hashKey, of.connection, 'candidate', of.candidateId),
    application: subjectKey(hashKey, of.connection, 'application', of.applicationId),
  }
}
