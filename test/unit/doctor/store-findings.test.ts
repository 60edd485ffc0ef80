import { describe, expect, test } from 'vitest'
import { storeFindings } from '../../../src/doctor/store-findings.ts'
import type { EmbeddedFacts } from '../../../src/store/embedded-inspect.ts'
import type { PostgresFacts } from '../../../src/store/postgres-inspect.ts'
import type { RedisFacts } from '../../../src/store/redis-inspect.ts'

const redis: RedisFacts = {
  kind: 'redis',
  server: 'Redis',
  version: '7.0.15',
  role: 'master',
  appendOnly: true,
  appendFsync: 'always',
  evictionPolicy: 'noeviction',
  usedBytes: 1024 * 1024,
  maxBytes: 0,
  diskIsWell: true,
  answerMs: 0.3,
  skewMs: 0,
}

const postgres: PostgresFacts = {
  kind: 'postgres',
  version: '15.18',
  fsync: 'on',
  synchronousCommit: 'on',
  fullPageWrites: 'on',
  isStandby: false,
  hasTables: true,
  answerMs: 1,
  skewMs: 0,
}

const embedded: EmbeddedFacts = {
  kind: 'embedded',
  dir: '/srv/data',
  exists: true,
  isWritable: true,
  usedBy: undefined,
  freeBytes: 10 * 1024 ** 3,
}

/** Findings other than passes, as `status: message`. */
const troubles = (facts: RedisFacts | PostgresFacts | EmbeddedFacts) =>
  storeFindings(facts).flatMap(({ status, message }) => (status === 'pass' ? [] : [`${status}: ${message}`]))

describe('a Redis', () => {
  test('that writes every command to disk and evicts nothing is well', () => {
    expect(troubles(redis)).toEqual([])
  })

  test.each<[string, Partial<RedisFacts>, RegExp]>([
    ['without appendonly fails', { appendOnly: false }, /^fail: appendonly is no/],
    ['that syncs each second is warned of', { appendFsync: 'everysec' }, /^warn: appendfsync is everysec/],
    ['that leaves syncing to the system is warned of', { appendFsync: 'no' }, /^warn: appendfsync is no/],
    ['that evicts keys fails', { evictionPolicy: 'allkeys-lru' }, /^fail: maxmemory-policy is allkeys-lru/],
    ['that does not tell its policy is warned of', { evictionPolicy: undefined }, /^warn: .*eviction policy/],
    ['that does not tell whether it writes is warned of', { appendOnly: undefined }, /^warn: .*writes to disk/],
    ['of version 6 fails', { version: '6.2.1' }, /^fail: Redis 6\.2\.1 is too old/],
    ['that is a replica fails', { role: 'slave' }, /^fail: this is a replica/],
    ['whose disk fails', { diskIsWell: false }, /^fail: its last write to disk failed/],
    ['that is nearly full is warned of', { usedBytes: 90, maxBytes: 100 }, /^warn: its memory is nearly full/],
  ])('%s', (_, facts, expected) => {
    expect(troubles({ ...redis, ...facts })).toEqual([expect.stringMatching(expected)])
  })

  test('that is a Valkey is not measured by the version of Redis', () => {
    expect(troubles({ ...redis, server: 'Valkey', version: '8.1.0' })).toEqual([])
  })
})

describe('a PostgreSQL', () => {
  test('with its standard settings is well', () => {
    expect(troubles(postgres)).toEqual([])
  })

  test.each<[string, Partial<PostgresFacts>, RegExp]>([
    ['without fsync fails', { fsync: 'off' }, /^fail: fsync/],
    ['without full pages fails', { fullPageWrites: 'off' }, /^fail: fsync or full_page_writes/],
    ['that commits without waiting is warned of', { synchronousCommit: 'off' }, /^warn: synchronous_commit is off/],
    ['that is a standby fails', { isStandby: true }, /^fail: this is a standby/],
    ['of version 12 fails', { version: '12.1' }, /^fail: PostgreSQL 12\.1 is too old/],
  ])('%s', (_, facts, expected) => {
    expect(troubles({ ...postgres, ...facts })).toEqual([expect.stringMatching(expected)])
  })
})

describe('the embedded store', () => {
  test('always says that it does not survive a power cut', () => {
    expect(troubles(embedded)).toEqual([expect.stringMatching(/^warn: .*not a power cut/)])
  })

  test('in a folder that cannot be written to fails', () => {
    expect(troubles({ ...embedded, isWritable: false })[0]).toMatch(/^fail: the folder \/srv\/data/)
  })

  test('on a disk nearly full is warned of', () => {
    expect(troubles({ ...embedded, freeBytes: 1024 })).toContainEqual(expect.stringMatching(/^warn: only 0 MiB/))
  })
})
