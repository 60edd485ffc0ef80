import { Redis } from 'ioredis'
import { type Figure, measured } from './harness.ts'

/** What a Redis server has spent so far. */
export interface RedisSpent {
  readonly cpuSeconds: number
  /** What its data takes in memory. */
  readonly bytes: number
}

export async function redisSpent(url: string): Promise<RedisSpent> {
  const redis = new Redis(url)
  const info = await redis.info()
  redis.disconnect()
  const field = (name: string) => Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1])
  return { cpuSeconds: field('used_cpu_user') + field('used_cpu_sys'), bytes: field('used_memory_dataset') }
}

/** What the keys that begin with a word take in memory, bytes. */
export async function redisBytesOf(url: string, prefix: string): Promise<number> {
  const redis = new Redis(url)
  let bytes = 0
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 }) as AsyncIterable<string[]>) {
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key)))
    bytes += sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  }
  redis.disconnect()
  return bytes
}

/** A program and the Redis server that works for it alone, where it has one. */
export interface Side {
  readonly program: { cpuSeconds(): Promise<number> }
  readonly redisUrl?: string
}

const spentBy = async ({ program, redisUrl }: Side) => ({
  program: await program.cpuSeconds(),
  redis: redisUrl === undefined ? undefined : (await redisSpent(redisUrl)).cpuSeconds,
})

/**
 * Processor time for each of `count` things that both sides do meanwhile, in microseconds: unlike a rate it hardly
 * depends on what else the machine does.
 */
export async function spending(
  named: { readonly part: string; readonly each: string; readonly count: number },
  sides: { readonly ours: Side; readonly ceiling: Side },
  work: () => Promise<void>,
): Promise<readonly Figure[]> {
  const read = async () => ({ ours: await spentBy(sides.ours), ceiling: await spentBy(sides.ceiling) })
  const before = await read()
  await work()
  const after = await read()
  const of = (side: keyof typeof sides, who: 'program' | 'redis') =>
    (((after[side][who] ?? Number.NaN) - (before[side][who] ?? Number.NaN)) / named.count) * 1e6
  const figure = (what: string, who: 'program' | 'redis'): Figure => {
    const own = measured({ part: named.part, what: `${what} for each ${named.each}`, unit: 'µs' }, [of('ours', who)])
    const ceiling = of('ceiling', who)
    return Number.isNaN(ceiling) ? own : { ...own, ceiling, ratio: own.ours / ceiling }
  }
  return [figure('processor time', 'program'), figure('Redis’s processor time', 'redis')]
}
