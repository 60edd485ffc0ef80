import { readFileSync } from 'node:fs'

/** What the address of a store may be. */
export interface StoreUrlRules {
  /** With their colon, the usual one first. */
  readonly schemes: readonly string[]
  /** Whether its databases have numbers and no names. */
  readonly numbered: boolean
}

/** Parameters of a PostgreSQL address that name a file. @see node_modules/pg-connection-string/index.js, read 2026-11-26 */
const fileParameters = ['sslrootcert', 'sslcert', 'sslkey']

/** What is wrong with the address of a store, or undefined. It repeats nothing of it, since a password stands there. */
export function storeUrlProblem(text: string, { schemes, numbered }: StoreUrlRules): string | undefined {
  const url = URL.parse(text)
  if (url === null || !schemes.includes(url.protocol)) return `must begin with ${schemes[0]}//host`
  if (![url.username, url.password, url.pathname].every(canDecode))
    return 'holds a % that encodes nothing: write % itself as %25, in a password too'
  if (numbered && !/^\/?\d*$/.test(url.pathname))
    return 'must end after the host and port, or with the number of a database (/1)'
  return numbered
    ? undefined
    : fileParameters.map((name) => fileProblem(name, url.searchParams.get(name))).find(Boolean)
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function fileProblem(name: string, path: string | null): string | undefined {
  if (path === null || path === '') return undefined
  try {
    readFileSync(path)
    return undefined
  } catch (error) {
    return `names a file by ${name} that cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no code'})`
  }
}
