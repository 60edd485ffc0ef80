import { type Program, startProgram } from './program.ts'

/** What is sent where, and how. */
export interface Load {
  /** Of `writeWebhooks` or `writeGets`; removed once it is read, since they are large. */
  readonly file: string
  /** Addresses; the connections are spread over them. */
  readonly targets: readonly string[]
  /** Kept open, one request at a time on each. */
  readonly connections: number
  /** Requests a second, sent whether or not earlier ones are answered; left out: as fast as answers come. */
  readonly perSecond?: number
  /** Goes round the file until stopped. */
  readonly isEndless?: boolean
}

/** What came of it. Times in milliseconds; with `perSecond` from the moment at which a request was due. */
export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly p99: number
  /** How many answers of each kind, as `200 queued`. */
  readonly answers: Readonly<Record<string, number>>
}

/** A process that sends requests. */
export interface LoadGenerator {
  run(load: Load): Promise<LoadResult>
  /** Ends an endless load. */
  stopLoad(): Promise<void>
  close(): Promise<void>
}

export async function startLoadGenerator(): Promise<LoadGenerator> {
  const program: Program = await startProgram('load-program.ts')
  return {
    run: async (load) => await program.call<LoadResult>('run', load),
    stopLoad: async () => await program.call('stop'),
    close: async () => await program.stop(),
  }
}

/** @throws Error no answer at all, or one of another kind: then the figure is of something else */
export function requireAnswers({ answers, requests }: LoadResult, ...expected: readonly string[]): void {
  const wanted = expected.reduce((sum, kind) => sum + (answers[kind] ?? 0), 0)
  if (wanted > 0 && wanted === requests) return
  throw new Error(`expected ${requests} × ${expected.join(' or ')}, got ${JSON.stringify(answers)}`)
}
