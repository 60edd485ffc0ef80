import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './at-exit.ts'
import { requireBinary } from './binaries.ts'
import { end, signalFamily } from './child-processes.ts'
import { freePort } from './free-port.ts'
import { launch, type TestServer } from './server-process.ts'

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const idOf = (flag: string) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: idOf('-u'), gid: idOf('-g') }
    } catch {
      // There is no such user.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody')
}

/**
 * A cluster of its own, with a superuser `bridge`; passwords are not asked for.
 * @param options.tls files of a key and its certificate, for those who ask for TLS
 */
export async function startPostgres(
  options: { readonly tls?: { readonly key: string; readonly certificate: string } } = {},
): Promise<TestServer> {
  const dir = temporaryFolder('bridge-postgres-')
  const user = unprivilegedUser()
  if (user) chownSync(dir, user.uid, user.gid)
  const initArgs = ['-D', dir, '-U', 'bridge', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  execFileSync(requireBinary('initdb'), initArgs, { stdio: 'pipe', cwd: dir, ...user })
  const port = await freePort()
  const settings = [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=on', 'logging_collector=off'],
    'max_connections=200',
    ...(options.tls ? tlsSettings(options.tls, dir, user) : []),
  ]
  const args = ['-D', dir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const start = async () =>
    await launch({
      command: requireBinary('postgres'),
      args,
      readyWhen: /database system is ready to accept connections/,
      user,
    })
  let child = await start()
  const pid = () => child.pid ?? 0
  return {
    url: `postgres://bridge@127.0.0.1:${port}/postgres`,
    dir,
    get pid() {
      return pid()
    },
    async stop() {
      // Fast: does not wait for its clients.
      await end(child, 'SIGINT')
      rmSync(dir, { recursive: true, force: true })
    },
    async kill() {
      signalFamily(pid(), 'SIGKILL')
      await end(child, 'SIGKILL')
    },
    async restart() {
      child = await start()
    },
    freeze: () => signalFamily(pid(), 'SIGSTOP'),
    thaw: () => signalFamily(pid(), 'SIGCONT'),
  }
}

/** PostgreSQL takes a key only from its own user. */
function tlsSettings(
  { key, certificate }: { readonly key: string; readonly certificate: string },
  dir: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): string[] {
  const [ownKey, ownCertificate] = [join(dir, 'tls-key.pem'), join(dir, 'tls-certificate.pem')]
  copyFileSync(key, ownKey)
  copyFileSync(certificate, ownCertificate)
  chmodSync(ownKey, 0o600)
  if (user) for (const path of [ownKey, ownCertificate]) chownSync(path, user.uid, user.gid)
  return ['ssl=on', `ssl_key_file=${ownKey}`, `ssl_cert_file=${ownCertificate}`]
}
