import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'

/** What a figure has to reach. */
export interface Bar {
  readonly of: 'ratio' | 'ours'
  readonly atLeast?: number
  readonly atMost?: number
}

/** One line of the table. */
export interface Figure {
  readonly part: string
  readonly what: string
  readonly unit: string
  /** Median of the rounds. */
  readonly ours: number
  /** Median of the same rounds of the program that it is held against. */
  readonly ceiling?: number
  /** Median of each round's ours ÷ ceiling. */
  readonly ratio?: number
  readonly bar?: Bar
  /** Every round's values, in order. */
  readonly rounds?: { readonly ours: readonly number[]; readonly ceiling: readonly number[] }
}

/** The value in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/**
 * Measures two things in turn, so that whatever else the machine does befalls both alike. One round of each goes
 * before and does not count; who begins changes from round to round.
 */
export async function alternate<Ours, Ceiling>(
  rounds: number,
  ours: (round: number) => Promise<Ours>,
  ceiling: (round: number) => Promise<Ceiling>,
): Promise<{ ours: Ours[]; ceiling: Ceiling[] }> {
  const measured: { ours: Ours[]; ceiling: Ceiling[] } = { ours: [], ceiling: [] }
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % 2 === 0 ? await ceiling(round) : undefined
    const own = await ours(round)
    const other = first ?? (await ceiling(round))
    if (round === 0) continue
    measured.ours.push(own)
    measured.ceiling.push(other)
  }
  return measured
}

/** Measures one thing, after one round that does not count. */
export async function repeat<Value>(rounds: number, measure: (round: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const value = await measure(round)
    if (round > 0) values.push(value)
  }
  return values
}

type Named = Pick<Figure, 'part' | 'what' | 'unit'> & { readonly bar?: Bar }

/** A figure of our rounds and the ceiling's. */
export function compared(named: Named, ours: readonly number[], ceiling: readonly number[]): Figure {
  const ratios = ours.map((value, round) => value / (ceiling[round] ?? Number.NaN))
  return { ...named, ours: median(ours), ceiling: median(ceiling), ratio: median(ratios), rounds: { ours, ceiling } }
}

/** A figure that is held against a bar alone, or against nothing. */
export function measured(named: Named, ours: readonly number[]): Figure {
  return { ...named, ours: median(ours), rounds: { ours, ceiling: [] } }
}

/** Whether a figure reaches its bar; undefined where it has none. */
export function isReached({ ours, ratio, bar }: Figure): boolean | undefined {
  if (bar === undefined) return undefined
  const value = bar.of === 'ratio' ? (ratio ?? Number.NaN) : ours
  return value >= (bar.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (bar.atMost ?? Number.POSITIVE_INFINITY)
}

const tryRun = (command: string, ...args: string[]) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}

/** What the figures were taken on. */
export function machine(): Readonly<Record<string, string>> {
  const cores = cpus()
  return {
    processor: `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    redis: /v=(\S+)/.exec(tryRun('redis-server', '--version'))?.[1] ?? 'unknown',
    commit: tryRun('git', 'rev-parse', '--short', 'HEAD'),
  }
}

/** Highest resident memory of a process so far, in MB; undefined where the system does not tell. */
export function peakMemoryMb(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / 1e6
  } catch {
    return undefined
  }
}
