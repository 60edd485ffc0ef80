import { rmSync } from 'node:fs'
import { temporaryFolder } from './at-exit.ts'
import { requireBinary } from './binaries.ts'
import { end, signalFamily } from './child-processes.ts'
import { freePort } from './free-port.ts'
import { launch, type TestServer } from './server-process.ts'

/** @param options.config further lines of redis.conf, as arguments: `['--maxmemory', '8mb']` */
export async function startRedis(options: { config?: readonly string[]; port?: number } = {}): Promise<TestServer> {
  const dir = temporaryFolder('bridge-redis-')
  const port = options.port ?? (await freePort())
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--daemonize', 'no'],
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'],
    ...(options.config ?? []),
  ]
  const start = async () =>
    await launch({ command: requireBinary('redis-server'), args, readyWhen: /Ready to accept connections/ })
  let child = await start()
  const pid = () => child.pid ?? 0
  return {
    url: `redis://127.0.0.1:${port}`,
    dir,
    get pid() {
      return pid()
    },
    async stop() {
      await end(child, 'SIGTERM')
      rmSync(dir, { recursive: true, force: true })
    },
    kill: async () => await end(child, 'SIGKILL'),
    async restart() {
      child = await start()
    },
    freeze: () => signalFamily(pid(), 'SIGSTOP'),
    thaw: () => signalFamily(pid(), 'SIGCONT'),
  }
}
