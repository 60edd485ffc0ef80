import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { endWithUs } from '../support/at-exit.ts'
import { childrenOf, isRunning } from '../support/child-processes.ts'
import { until } from '../support/until.ts'

const main = fileURLToPath(new URL('../bench/main.ts', import.meta.url))
/** Two Redis servers, the fakes, the load, and one more at the least: the bridge. */
const STARTED = 5

describe('the benchmark', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves no process behind after %s', async (signal) => {
    const bench = spawn(process.execPath, [main, '--quick', '--source', '--only', 'ack'], { stdio: 'ignore' })
    endWithUs(bench)
    const ended = once(bench, 'exit')
    const children = () => childrenOf(bench.pid ?? 0)
    await until(() => children().length >= STARTED)
    const started = children()
    bench.kill(signal)
    await ended
    await until(() => !started.some(isRunning))
    expect(bench.signalCode).toBeNull()
  })
})
