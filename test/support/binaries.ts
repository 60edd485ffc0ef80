import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

function inPath(name: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** The path of a program, looked for in PATH and where PostgreSQL keeps its own. */
export function findBinary(name: string): string | undefined {
  const own = globSync(['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql@*/bin'])
  return (
    inPath(name) ??
    own
      .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }))
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path))
  )
}

/** Installs Debian packages, where that is possible: as root, with apt-get. */
function tryInstall(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || findBinary('apt-get') === undefined) return
  const apt = (...args: string[]) =>
    execFileSync('env', ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq', ...args], {
      stdio: 'ignore',
    })
  try {
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...packages)
  } catch {
    // What is missing is named to the person.
  }
}

const servers = {
  'redis-server': 'redis-server',
  initdb: 'postgresql',
  postgres: 'postgresql',
  openssl: 'openssl',
  prometheus: 'prometheus',
  promtool: 'prometheus',
}

/** @throws Error says what to install */
export function requireServers(): void {
  const missing = () => Object.keys(servers).filter((name) => findBinary(name) === undefined)
  const packagesOf = (names: readonly string[]) => [
    ...new Set(names.map((name) => servers[name as keyof typeof servers])),
  ]
  if (missing().length > 0) tryInstall(packagesOf(missing()))
  const names = missing()
  if (names.length === 0) return
  const packages = packagesOf(names).join(' ')
  throw new Error(
    `These tests run against real servers, and ${names.join(', ')} cannot be found. ` +
      `Install them with "sudo apt-get install ${packages}" (Debian, Ubuntu) or "brew install redis postgresql prometheus" ` +
      '(macOS) so that they are in PATH, or run only "npm run test:unit".',
  )
}

/** The path of a program. @throws Error it is not installed */
export function requireBinary(name: string): string {
  const path = findBinary(name)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}

const browsers = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The path of Chromium or Chrome. @throws Error says what to install */
export function requireBrowser(): string {
  const find = () => browsers.map(findBinary).find((path) => path !== undefined)
  if (find() === undefined) tryInstall(['chromium'])
  const path = find()
  if (path !== undefined) return path
  throw new Error(
    'The dashboard is tested in a real browser, and neither Chromium nor Chrome can be found. Install one with ' +
      '"sudo apt-get install chromium" (Debian) so that it is in PATH, or run only "npm run test:unit".',
  )
}
