import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Interview } from '../domain/interview.ts'
import { guarded } from '../store/guarded.ts'
import { defineScript, KEY_PREFIX, type RedisScript } from '../store/redis-script.ts'
import { type InterviewEntry, LEDGER_DAYS, type Ledger, type TargetEntry, type WriteBackKey } from './ledger.ts'

const PREFIX = `${KEY_PREFIX}ledger:`
const HASH_KEY = `${PREFIX}hash-key`
const LINK_PATTERN = `${PREFIX}link-pattern`
const TTL_SECONDS = LEDGER_DAYS * 86_400

const interviewKey = (person: string) => `${PREFIX}interview:${person}`
const writeBackKey = ({ connection, applicationId, routeId }: WriteBackKey) =>
  `${PREFIX}write-back:${[connection, applicationId, routeId].map(encodeURIComponent).join(':')}`

const intendLua = `
redis.call('HSET', KEYS[1], 'intentAt', ARGV[1])
redis.call('HSETNX', KEYS[1], 'nameWords', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])`

const withdrawLua = `
if redis.call('HEXISTS', KEYS[1], 'interview') == 0 then redis.call('DEL', KEYS[1]) end`

const keepLua = `
redis.call('HSETNX', KEYS[1], 'interview', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return redis.call('HGET', KEYS[1], 'interview')`

const markLua = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])`

const secretLua = `
redis.call('SETNX', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])`

/** The ledger in hashes that expire by themselves. */
export function redisLedger(redis: Redis): Ledger {
  return guarded<Ledger>(new RedisLedger(redis))
}

class RedisLedger implements Ledger {
  readonly #redis: Redis
  readonly #secret: RedisScript
  readonly #intend: RedisScript
  readonly #withdraw: RedisScript
  readonly #keep: RedisScript
  readonly #mark: RedisScript

  constructor(redis: Redis) {
    this.#redis = redis
    this.#secret = defineScript(redis, 'bridgeLedgerSecret', secretLua)
    this.#intend = defineScript(redis, 'bridgeLedgerIntend', intendLua)
    this.#withdraw = defineScript(redis, 'bridgeLedgerWithdraw', withdrawLua)
    this.#keep = defineScript(redis, 'bridgeLedgerKeep', keepLua)
    this.#mark = defineScript(redis, 'bridgeLedgerMark', markLua)
  }

  async hashKey(): Promise<Buffer> {
    return Buffer.from(String(await this.#secret(HASH_KEY, randomBytes(32).toString('hex'))), 'hex')
  }

  async findInterview(person: string): Promise<InterviewEntry | undefined> {
    const entry: Record<string, string | undefined> = await this.#redis.hgetall(interviewKey(person))
    const { intentAt, nameWords, interview } = entry
    if (intentAt === undefined && interview === undefined) return undefined
    return {
      ...(intentAt !== undefined && { intentAt: Number(intentAt) }),
      nameWords: JSON.parse(nameWords ?? '[]') as string[],
      ...(interview !== undefined && { interview: JSON.parse(interview) as Interview }),
    }
  }

  async intendInterview(person: string, nameWords: readonly string[], at: number): Promise<void> {
    await this.#intend(interviewKey(person), at, JSON.stringify(nameWords), TTL_SECONDS)
  }

  async withdrawInterview(person: string): Promise<void> {
    await this.#withdraw(interviewKey(person))
  }

  async keepInterview(person: string, interview: Interview): Promise<Interview> {
    return JSON.parse(String(await this.#keep(interviewKey(person), JSON.stringify(interview), TTL_SECONDS)))
  }

  async findLinkPattern(): Promise<string | undefined> {
    return (await this.#redis.get(LINK_PATTERN)) ?? undefined
  }

  async keepLinkPattern(pattern: string): Promise<void> {
    await this.#redis.set(LINK_PATTERN, pattern)
  }

  async findWriteBack(key: WriteBackKey): Promise<ReadonlyMap<string, TargetEntry>> {
    const targets = new Map<string, TargetEntry>()
    for (const [field, at] of Object.entries(await this.#redis.hgetall(writeBackKey(key)))) {
      const end = field.indexOf(':')
      const target = field.slice(end + 1)
      targets.set(target, { ...targets.get(target), [field.slice(0, end)]: Number(at) })
    }
    return targets
  }

  async intendWrite(key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#mark(writeBackKey(key), `intentAt:${target}`, at, TTL_SECONDS)
  }

  async withdrawWrite(key: WriteBackKey, target: string): Promise<void> {
    await this.#redis.hdel(writeBackKey(key), `intentAt:${target}`)
  }

  async markWritten(key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#mark(writeBackKey(key), `doneAt:${target}`, at, TTL_SECONDS)
  }

  /** Nothing to do: keys expire. */
  async purge(): Promise<void> {}
}
