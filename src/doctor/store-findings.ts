import type { EmbeddedFacts } from '../store/embedded-inspect.ts'
import type { StoreFacts } from '../store/inspect.ts'
import type { PostgresFacts } from '../store/postgres-inspect.ts'
import type { RedisFacts } from '../store/redis-inspect.ts'
import { type Finding, fail, pass, warn } from './finding.ts'

const OLDEST_REDIS = 7
const OLDEST_POSTGRES = 13
const LITTLE_DISK_BYTES = 512 * 1024 * 1024
const NEARLY_FULL = 0.8

const mega = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`
const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** What a store's facts mean for the promise that nothing accepted is lost. */
export function storeFindings(facts: StoreFacts): readonly Finding[] {
  switch (facts.kind) {
    case 'redis':
      return redisFindings(facts)
    case 'postgres':
      return postgresFindings(facts)
    case 'embedded':
      return embeddedFindings(facts)
  }
}

function redisFindings(facts: RedisFacts): readonly Finding[] {
  const { server, version, evictionPolicy, usedBytes = 0, maxBytes = 0 } = facts
  const used = maxBytes > 0 ? `${mega(usedBytes)} of ${mega(maxBytes)} used` : `${mega(usedBytes)} used`
  const isOld = server === 'Redis' && Number.parseInt(version, 10) < OLDEST_REDIS
  return [
    isOld
      ? fail(`Redis ${version} is too old`, `upgrade to Redis ${OLDEST_REDIS} or newer, or to Valkey`)
      : pass(`${server} ${version} answers in ${milliseconds(facts.answerMs)}; ${used}`),
    ...(facts.role === 'slave'
      ? [fail('this is a replica, which takes no writes', 'point REDIS_URL to the primary')]
      : []),
    evictionFinding(evictionPolicy),
    ...diskFindings(facts),
    ...(maxBytes > 0 && usedBytes / maxBytes > NEARLY_FULL
      ? [warn('its memory is nearly full; when it is, webhooks are answered 503', 'give it more, or raise maxmemory')]
      : []),
  ]
}

function evictionFinding(policy: string | undefined): Finding {
  if (policy === undefined)
    return warn('it does not tell its eviction policy', 'make sure that maxmemory-policy is noeviction')
  if (policy === 'noeviction') return pass('maxmemory-policy is noeviction')
  return fail(`maxmemory-policy is ${policy}: when memory is short, deliveries disappear`, 'set it to noeviction')
}

function diskFindings({ appendOnly, appendFsync, diskIsWell }: RedisFacts): readonly Finding[] {
  const ill = diskIsWell ? [] : [fail('its last write to disk failed', 'look at its log and at the disk’s free space')]
  if (appendOnly === undefined)
    return [...ill, warn('it does not tell whether it writes to disk', 'make sure that appendonly is yes')]
  if (!appendOnly)
    return [...ill, fail('appendonly is no: a restart of Redis loses deliveries and links', 'set appendonly to yes')]
  if (appendFsync === 'always') return [...ill, pass('appendonly is yes, appendfsync always')]
  const how =
    appendFsync === 'no'
      ? 'appendfsync is no: a power cut can lose half a minute'
      : appendFsync === 'everysec'
        ? 'appendfsync is everysec: a power cut can lose the last second'
        : 'appendonly is yes; it does not tell its appendfsync'
  return [...ill, warn(how, 'set appendfsync to always')]
}

function postgresFindings(facts: PostgresFacts): readonly Finding[] {
  const { version, isStandby, fsync, synchronousCommit, fullPageWrites, hasTables } = facts
  const isOld = Number.parseInt(version, 10) < OLDEST_POSTGRES
  const isSafe = fsync === 'on' && fullPageWrites === 'on'
  return [
    isOld
      ? fail(`PostgreSQL ${version} is too old`, `upgrade to PostgreSQL ${OLDEST_POSTGRES} or newer`)
      : pass(`PostgreSQL ${version} answers in ${milliseconds(facts.answerMs)}`),
    ...(isStandby ? [fail('this is a standby, which takes no writes', 'point DATABASE_URL to the primary')] : []),
    isSafe
      ? pass('fsync and full_page_writes are on')
      : fail('fsync or full_page_writes is off: a power cut can destroy the database', 'set both to on'),
    synchronousCommit === 'off'
      ? warn('synchronous_commit is off: a power cut can lose the last second', 'set it to on')
      : pass(`synchronous_commit is ${synchronousCommit}`),
    ...(hasTables ? [] : [pass('the bridge’s tables are not there yet: it makes them at its first start')]),
  ]
}

function embeddedFindings({ dir, exists, isWritable, usedBy, freeBytes }: EmbeddedFacts): readonly Finding[] {
  const state = usedBy === undefined ? (exists ? 'in use by nobody' : 'not made yet') : `in use by process ${usedBy}`
  return [
    isWritable
      ? pass(`embedded store in ${dir}, ${state}`)
      : fail(`the folder ${dir} cannot be written to`, 'give its owner the right to, or set another DATA_DIR'),
    warn(
      'the embedded store survives a killed process, not a power cut',
      'good for trying out and small teams; else set REDIS_URL or DATABASE_URL',
    ),
    ...(freeBytes !== undefined && freeBytes < LITTLE_DISK_BYTES
      ? [warn(`only ${mega(freeBytes)} are free on its disk`, 'make room')]
      : []),
  ]
}
