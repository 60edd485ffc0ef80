import { setTimeout as pause } from 'node:timers/promises'

/** Longer than an attempt may take, shorter than what a container is given to stop (75 s). */
const STOP_DEADLINE_MS = 70_000

/** How long what has failed is given to stop. */
const FAILED_STOP_MS = 10_000

/** Something that runs until it is stopped. */
export interface Running {
  stop(): Promise<void>
  /** Settles when it has come to its end by itself; absent where it never does. */
  readonly ended?: Promise<void>
}

/**
 * Starts something and stops it in good order at its own end, at SIGINT or at SIGTERM.
 * Signals are heeded from the first moment, since as a container's first process we are otherwise deaf to them.
 * @param stopDeadlineMs how long stopping may take
 * @returns exit code: 0 stopped in order, 1 the deadline passed or a second signal came
 * @throws what `start` throws, and why it came to its end badly: it is stopped then, too
 */
export async function runUntilSignal(
  start: () => Promise<Running>,
  stopDeadlineMs = STOP_DEADLINE_MS,
): Promise<number> {
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<number>()
  let seen = 0
  const onSignal = () => {
    seen += 1
    if (seen === 1) first.resolve()
    else second.resolve(1)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  let deadline: NodeJS.Timeout | undefined
  try {
    const stopped = startThenStop(start, first.promise)
    const tooLate = first.promise.then(
      () =>
        new Promise<number>((resolve) => {
          deadline = setTimeout(resolve, stopDeadlineMs, 1)
        }),
    )
    return await Promise.race([stopped, tooLate, second.promise])
  } finally {
    clearTimeout(deadline)
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

async function startThenStop(start: () => Promise<Running>, signal: Promise<void>): Promise<number> {
  const running = await start()
  try {
    await Promise.race([signal, running.ended ?? signal])
  } catch (error) {
    const enough = new AbortController()
    const tooLate = pause(FAILED_STOP_MS, undefined, { signal: enough.signal })
    await Promise.race([running.stop(), tooLate]).catch(() => undefined)
    enough.abort()
    await tooLate.catch(() => undefined)
    throw error
  }
  await running.stop()
  return 0
}
