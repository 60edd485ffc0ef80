import { randomBytes, randomUUID } from 'node:crypto'
import { LapsedError } from '../domain/errors.ts'
import type { Interview } from '../domain/interview.ts'
import type { Vault } from '../seal/vault.ts'
import type { CorkedRedis } from '../store/corked-redis.ts'
import { guarded } from '../store/guarded.ts'
import { heldFor } from '../store/held-for.ts'
import { hashReader, type ReadHashes } from '../store/redis-hashes.ts'
import { pairsOf } from '../store/redis-pairs.ts'
import { defineScript, KEY_PREFIX, type RedisScript } from '../store/redis-script.ts'
import {
  type ErasedEntries,
  HELD_MS,
  type InterviewEntry,
  type InterviewIntent,
  type KnownInterview,
  type Ledger,
  type Life,
  type PersonAt,
  type Subject,
  type TargetEntry,
  type WriteBackEntry,
  type WriteBackKey,
  type WriteIntent,
} from './ledger.ts'
import * as lua from './redis-ledger-scripts.ts'

const PREFIX = `${KEY_PREFIX}ledger:`
const HASH_KEY = 'hash-key'
const LINK_PATTERN = `${PREFIX}link-pattern`
const SCAN_CHUNK = 500

const interviewName = (person: string) => `interview:${person}`
const writeBackName = ({ connection, applicationId, routeId }: WriteBackKey) =>
  `write-back:${[connection, applicationId, routeId].map(encodeURIComponent).join(':')}`

const markOf = (also: WriteIntent | undefined) =>
  also ? [writeBackName(also.key), `intentAt:${also.target}`, also.at] : []

/** The ledger in hashes that expire by themselves. */
export function redisLedger(redis: CorkedRedis, vault: Vault): Ledger {
  return guarded<Ledger>(new RedisLedger(redis, vault))
}

/** Tries our keys on a ledger that is there, and makes none. @throws WrongKeyError */
export async function tryRedisLedger(redis: Pick<CorkedRedis, 'get'>, vault: Vault): Promise<void> {
  const kept = await redis.get(PREFIX + HASH_KEY)
  if (kept !== null) vault.open(kept, HASH_KEY)
}

type Script =
  | 'secret'
  | 'replaceSecret'
  | 'intend'
  | 'withdraw'
  | 'keep'
  | 'findKnown'
  | 'replaceInterview'
  | 'mark'
  | 'life'
  | 'findWriteBack'
  | 'erase'
  | 'merge'

class RedisLedger implements Ledger {
  readonly #redis: CorkedRedis
  readonly #vault: Vault
  readonly #readHashes: ReadHashes
  readonly #hashKey = heldFor(HELD_MS, () => this.#readHashKey())
  readonly #storeRun = heldFor(HELD_MS, () => this.#readStoreRun())
  readonly #linkPattern = heldFor(HELD_MS, async () => (await this.#redis.get(LINK_PATTERN)) ?? undefined)
  readonly #scripts: Readonly<Record<Script, RedisScript>>

  constructor(redis: CorkedRedis, vault: Vault) {
    this.#redis = redis
    this.#vault = vault
    this.#readHashes = hashReader(redis, PREFIX)
    this.#scripts = {
      secret: defineScript(redis, 'bridgeLedgerSecret', PREFIX, lua.secretLua),
      replaceSecret: defineScript(redis, 'bridgeLedgerReplaceSecret', PREFIX, lua.replaceSecretLua),
      intend: defineScript(redis, 'bridgeLedgerIntend', PREFIX, lua.intendLua),
      withdraw: defineScript(redis, 'bridgeLedgerWithdraw', PREFIX, lua.withdrawLua),
      keep: defineScript(redis, 'bridgeLedgerKeep', PREFIX, lua.keepLua),
      findKnown: defineScript(redis, 'bridgeLedgerFindKnown', PREFIX, lua.findKnownLua),
      replaceInterview: defineScript(redis, 'bridgeLedgerReplaceInterview', PREFIX, lua.replaceInterviewLua),
      mark: defineScript(redis, 'bridgeLedgerMark', PREFIX, lua.markLua),
      life: defineScript(redis, 'bridgeLedgerLife', PREFIX, lua.lifeLua),
      findWriteBack: defineScript(redis, 'bridgeLedgerFindWriteBack', PREFIX, lua.findWriteBackLua),
      erase: defineScript(redis, 'bridgeLedgerErase', PREFIX, lua.eraseLua),
      merge: defineScript(redis, 'bridgeLedgerMerge', PREFIX, lua.mergeLua),
    }
    // The server that comes next may be another one.
    redis.on('close', () => {
      this.#hashKey.forget()
      this.#storeRun.forget()
      this.#linkPattern.forget()
    })
  }

  async hashKey(): Promise<Buffer> {
    return await this.#hashKey.get()
  }

  async #readHashKey(): Promise<Buffer> {
    const offered = this.#vault.close(randomBytes(32).toString('hex'), HASH_KEY)
    const kept = String(await this.#scripts.secret(HASH_KEY, offered))
    return Buffer.from(this.#vault.open(kept, HASH_KEY), 'hex')
  }

  async storeRun(): Promise<string> {
    return await this.#storeRun.get()
  }

  async #readStoreRun(): Promise<string> {
    // A server that does not say is taken for another one each time.
    return /^run_id:(\w+)/m.exec(await this.#redis.info('server'))?.[1] ?? randomUUID()
  }

  async reseal(): Promise<number> {
    let resealed = 0
    const kept = String(await this.#redis.get(PREFIX + HASH_KEY))
    const key = await this.hashKey()
    if (!this.#vault.isCurrent(kept)) {
      const closed = this.#vault.close(key.toString('hex'), HASH_KEY)
      resealed += Number(await this.#scripts.replaceSecret(HASH_KEY, kept, closed))
    }
    if (!this.#vault.seals) return resealed
    for await (const people of this.#people()) {
      const each = people.map(async (person) => await this.#resealInterview(person))
      resealed += (await Promise.all(each)).filter(Boolean).length
    }
    return resealed
  }

  async findInterview(person: string): Promise<InterviewEntry | undefined> {
    return this.#toEntry(person, await this.#redis.hgetall(PREFIX + interviewName(person)))
  }

  async interviewsOf(persons: readonly string[]): Promise<ReadonlyMap<string, Interview>> {
    const hashes = await this.#readHashes(persons.map(interviewName))
    const found = persons.flatMap((person, index) => {
      const interview = hashes[index]?.['interview']
      return interview === undefined ? [] : [[person, this.#open(interview, person)] as const]
    })
    return new Map(found)
  }

  async findKnown({ candidate, application }: Subject, of: PersonAt): Promise<KnownInterview | undefined> {
    const reply = await this.#scripts.findKnown(candidate, application, of.person, of.interviewer)
    if (reply === null) return undefined
    const [person, fields] = reply as [string, string[]]
    const entry = this.#toEntry(person, Object.fromEntries(pairsOf(fields)))
    return entry && { ...entry, person }
  }

  async intendInterview(
    whose: Subject,
    { person, interviewer }: PersonAt,
    { nameWords, at, after }: InterviewIntent,
    begun?: WriteIntent,
  ): Promise<boolean> {
    const intent = [at, JSON.stringify(nameWords), after ?? '', ...markOf(begun)]
    return (await this.#write('intend', whose, interviewName(person), interviewer, person, ...intent)) === 1
  }

  async withdrawInterview(person: string): Promise<void> {
    await this.#scripts.withdraw(interviewName(person))
  }

  async keepInterview(whose: Subject, of: PersonAt, interview: Interview, also?: WriteIntent): Promise<Interview> {
    const { person, interviewer } = of
    const name = interviewName(person)
    const closed = this.#vault.close(JSON.stringify(interview), name)
    const kept = String(await this.#write('keep', whose, name, interviewer, person, closed, ...markOf(also)))
    if (!this.#vault.isCurrent(kept)) await this.#resealInterview(person)
    return this.#open(kept, person)
  }

  async replaceInterview(person: string, kept: Interview, by: Interview): Promise<Interview | undefined> {
    const name = interviewName(person)
    const text = await this.#redis.hget(PREFIX + name, 'interview')
    if (text === null) return undefined
    const standing = this.#open(text, person)
    if (standing.link !== kept.link) return standing
    const closed = this.#vault.close(JSON.stringify(by), name)
    if ((await this.#scripts.replaceInterview(name, text, closed)) === 1) return by
    return (await this.findInterview(person))?.interview
  }

  async findByLink(link: string): Promise<string | undefined> {
    for await (const people of this.#people()) {
      const entries = people.map(async (person) => [person, (await this.findInterview(person))?.interview] as const)
      const found = (await Promise.all(entries)).find(([, interview]) => interview?.link === link)
      if (found) return found[0]
    }
    return undefined
  }

  async findLinkPattern(): Promise<string | undefined> {
    return await this.#linkPattern.get()
  }

  async keepLinkPattern(pattern: string): Promise<void> {
    if ((await this.#linkPattern.get()) === pattern) return
    await this.#redis.set(LINK_PATTERN, pattern)
    this.#linkPattern.forget()
  }

  async findWriteBack(
    { candidate, application }: Subject,
    key: WriteBackKey,
  ): Promise<{ life: Life; memory: WriteBackEntry }> {
    const reply = await this.#scripts.findWriteBack(candidate, application, writeBackName(key))
    const [life, fields] = reply as [Life, string[]]
    const memory = new Map<string, TargetEntry>()
    for (const [field, at] of pairsOf(fields)) {
      const end = field.indexOf(':')
      const target = field.slice(end + 1)
      memory.set(target, { ...memory.get(target), [field.slice(0, end)]: Number(at) })
    }
    return { life, memory }
  }

  async intendWrite(whose: Subject, key: WriteBackKey, target: string, at: number): Promise<Exclude<Life, 'erased'>> {
    const life = await this.#write('mark', whose, writeBackName(key), `intentAt:${target}`, at)
    return life as Exclude<Life, 'erased'>
  }

  async withdrawWrite(key: WriteBackKey, target: string): Promise<void> {
    await this.#redis.hdel(PREFIX + writeBackName(key), `intentAt:${target}`)
  }

  async markWritten(whose: Subject, key: WriteBackKey, target: string, at: number): Promise<void> {
    await this.#write('mark', whose, writeBackName(key), `doneAt:${target}`, at)
  }

  async lifeOf({ candidate, application }: Subject): Promise<Life> {
    return (await this.#scripts.life(candidate, application)) as Life
  }

  async erase(subject: string): Promise<ErasedEntries> {
    const [interviews, writeBacks] = (await this.#scripts.erase(subject)) as number[]
    return { interviews: interviews ?? 0, writeBacks: writeBacks ?? 0 }
  }

  async merge(candidate: string, into: string): Promise<void> {
    await this.#scripts.merge(candidate, into)
  }

  /** Nothing to do: keys expire. */
  async purge(): Promise<void> {}

  /** Everybody of whom an interview is remembered, some at a time; somebody may come twice. */
  async *#people(): AsyncGenerator<string[]> {
    for (let cursor = '0'; ; ) {
      const [next, keys] = await this.#redis.scan(cursor, 'MATCH', `${PREFIX}interview:*`, 'COUNT', SCAN_CHUNK)
      yield keys.map((name) => name.slice(PREFIX.length + interviewName('').length))
      if (next === '0') return
      cursor = next
    }
  }

  async #write(script: Script, whose: Subject, name: string, ...rest: readonly (string | number)[]): Promise<unknown> {
    const reply = await this.#scripts[script](whose.candidate, whose.application, name, ...rest)
    if (reply === null) throw new LapsedError('anonymized')
    return reply
  }

  #toEntry(person: string, fields: Readonly<Record<string, string | undefined>>): InterviewEntry | undefined {
    const { intentAt, nameWords, interview } = fields
    if (intentAt === undefined && interview === undefined) return undefined
    return {
      ...(intentAt !== undefined && { intentAt: Number(intentAt) }),
      nameWords: JSON.parse(nameWords ?? '[]') as string[],
      ...(interview !== undefined && { interview: this.#open(interview, person) }),
    }
  }

  #open(kept: string, person: string): Interview {
    return JSON.parse(this.#vault.open(kept, interviewName(person))) as Interview
  }

  async #resealInterview(person: string): Promise<boolean> {
    const name = interviewName(person)
    const kept = await this.#redis.hget(PREFIX + name, 'interview')
    if (kept === null) return false
    const closed = this.#vault.close(this.#vault.open(kept, name), name)
    return !this.#vault.isCurrent(kept) && (await this.#scripts.replaceInterview(name, kept, closed)) === 1
  }
}
