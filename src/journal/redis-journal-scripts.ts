import { ERASED_ID } from './journal.ts'
import { TIMELINE_HEAD, TIMELINE_TAIL } from './records.ts'

/**
 * One record is a hash (`d:<id>`) and, once something happened after its receipt, a list of timeline entries
 * (`t:<id>`). Beside them sorted sets, by time of receipt: `all`, one per state (`s:<state>`), one per application's or
 * candidate's id (`ref:<id>`); by time of turn: `due`; by time of end: `ended`. KEYS[1] is what all these begin with.
 * Each command costs about as much as all that Lua does between two, so a script reads once and writes once, and all
 * calls that go together move records from state to state at once, after the last.
 */
const before = `
local P = KEYS[1]
local id, record, timeline
local isFinal = { delivered = true, lapsed = true, dead = true }

local function about(given)
  id, record, timeline = given, P .. 'd:' .. given, P .. 't:' .. given
end

local function read(...)
  local values, fields = redis.call('HMGET', record, ...), {}
  for i, name in ipairs({ ... }) do fields[name] = values[i] end
  return fields
end

-- By index: what it is given, and what is taken from it before.
local given, taken = {}, {}

local function listOf(lists, index)
  lists[index] = lists[index] or {}
  return lists[index]
end

local function give(index, score)
  local time = tonumber(score)
  -- Would be refused together with the scores of all other calls.
  if not time or time ~= time then error('no time: ' .. tostring(score), 0) end
  local list = listOf(given, index)
  list[#list + 1], list[#list + 2] = score, id
end

local function take(index)
  local list = listOf(taken, index)
  list[#list + 1] = id
end

local function enter(was, receivedAt, state, at)
  if was then take('s:' .. was) end
  give('s:' .. state, receivedAt)
  if isFinal[state] then
    take('due')
    give('ended', at)
  else
    if was and isFinal[was] then take('ended') end
    give('due', at)
  end
end

local function refer(receivedAt, ...)
  for _, ref in ipairs({ ... }) do
    if ref ~= '${ERASED_ID}' then redis.call('ZADD', P .. 'ref:' .. ref, receivedAt, id) end
  end
end

local function referAnew(before, changed)
  local applicationId = changed.applicationId or before.applicationId
  local candidateId = changed.candidateId or before.candidateId
  if applicationId == before.applicationId and candidateId == before.candidateId then return end
  redis.call('ZREM', P .. 'ref:' .. before.applicationId, id)
  redis.call('ZREM', P .. 'ref:' .. before.candidateId, id)
  refer(before.receivedAt, applicationId, candidateId)
end

local function create(...)
  redis.call('HSET', record, ...)
  local created = read('receivedAt', 'applicationId', 'candidateId')
  give('all', created.receivedAt)
  refer(created.receivedAt, created.applicationId, created.candidateId)
  return created.receivedAt
end

local function note(...)
  if select('#', ...) == 0 or redis.call('RPUSH', timeline, ...) < ${TIMELINE_HEAD + TIMELINE_TAIL} then return end
  local head = redis.call('LRANGE', timeline, 0, ${TIMELINE_HEAD - 2})
  redis.call('LTRIM', timeline, -${TIMELINE_TAIL}, -1)
  for i = #head, 1, -1 do redis.call('LPUSH', timeline, head[i]) end
end
`

/** Lua unpacks some thousands of values at the most; an even number, since scores and ids go in pairs. */
const after = `
local function change(command, lists)
  for index, list in pairs(lists) do
    for first = 1, #list, 1000 do
      redis.call(command, P .. index, unpack(list, first, math.min(first + 999, #list)))
    end
  end
end
change('ZREM', taken)
change('ZADD', given)`

/** What stands around the calls of each of these scripts. */
export const aroundJournal = { before, after }

/**
 * A list of deliveries: of each its id, time of receipt, application's and candidate's id, then fields and values → for
 * each 1 if it is new
 */
export const receivedLua = `
local replies = {}
for i, told in ipairs(ARGV[1]) do
  about(told[1])
  if redis.call('HSETNX', record, 'state', 'queued') == 0 then
    replies[i] = redis.call('HDEL', record, 'unannounced')
  else
    redis.call('HSET', record, unpack(told, 5))
    refer(told[2], told[3], told[4])
    give('all', told[2])
    enter(nil, told[2], 'queued', told[2])
    replies[i] = 1
  end
end
return replies`

/**
 * id, at, delivery's fields if there may be no record → run, round, attempts, unfinished, roundStartedAt, refusedSince;
 * 0: they were needed; or nothing
 */
export const startedLua = `
about(ARGV[1])
local at = ARGV[2]
local was = read('state', 'receivedAt', 'run', 'round', 'attempts', 'unfinished', 'roundStartedAt', 'refusedSince')
if was.state and isFinal[was.state] then return false end
if not was.state then
  if #ARGV == 2 then return 0 end
  was.receivedAt = create(unpack(ARGV, 3))
  redis.call('HSET', record, 'unannounced', 1)
end
local run, unfinished, roundStartedAt = (was.run or 0) + 1, (was.unfinished or 0) + 1, was.roundStartedAt or at
redis.call('HSET', record, 'state', 'running', 'updatedAt', at, 'run', run, 'unfinished', unfinished,
  'roundStartedAt', roundStartedAt)
if was.run then redis.call('HDEL', record, 'reason', 'nextAttemptAt') end
enter(was.state, was.receivedAt, 'running', at)
return { run, was.round or 0, was.attempts or 0, unfinished, roundStartedAt, was.refusedSince }`

/** id, run → nothing: the runs before it that never ended count no more */
export const advancedLua = `
about(ARGV[1])
local was = read('run', 'state')
if was.run == ARGV[2] and was.state == 'running' then redis.call('HSET', record, 'unfinished', 1) end`

/** id, run, state, turn or end, 1 for an attempt, number of timeline entries, these, fields that are set */
export const endedLua = `
about(ARGV[1])
local state, at, entries, changed = ARGV[3], ARGV[4], tonumber(ARGV[6]), {}
local was = read('run', 'state', 'receivedAt', 'applicationId', 'candidateId', 'attempts', 'limitedSince', 'merged')
if was.run ~= ARGV[2] or was.state ~= 'running' then return end
for field = 7 + entries, #ARGV, 2 do
  -- Whom the candidate has become outranks whom the run saw, who may be the one from before.
  if was.merged and ARGV[field] == 'candidateId' and ARGV[field + 1] ~= '${ERASED_ID}' then
    ARGV[field + 1] = was.candidateId
  end
  changed[ARGV[field]] = ARGV[field + 1]
end
-- A write that takes no room: of a script that has written, a full Redis takes the rest.
redis.call('HDEL', record, 'unfinished', 'refusedSince', 'limitedSince')
redis.call('HSET', record, 'state', state, 'attempts', (was.attempts or 0) + ARGV[5], unpack(ARGV, 7 + entries))
if changed.reason == 'rate-limited' then
  redis.call('HSET', record, 'limitedSince', was.limitedSince or changed.updatedAt)
end
note(unpack(ARGV, 7, 6 + entries))
referAnew(was, changed)
if changed.applicationId == '${ERASED_ID}' then redis.call('HDEL', record, 'person') end
enter('running', was.receivedAt, state, at)`

/** id, at, timeline entry, turn → 1; or nothing */
export const requeuedLua = `
about(ARGV[1])
local at = ARGV[2]
local was = read('state', 'receivedAt', 'applicationId')
if was.state ~= 'dead' and was.state ~= 'lapsed' or was.applicationId == '${ERASED_ID}' then return false end
redis.call('HINCRBY', record, 'round', 1)
redis.call('HDEL', record, 'attempts', 'unfinished', 'reason', 'nextAttemptAt', 'roundStartedAt', 'refusedSince')
redis.call('HSET', record, 'state', 'queued', 'updatedAt', at)
if ARGV[4] ~= at then redis.call('HSET', record, 'nextAttemptAt', ARGV[4]) end
enter(was.state, was.receivedAt, 'queued', ARGV[4])
note(ARGV[3])
return 1`

/** Goes through the records that an id refers to: those in which the connection's `field` is that id. */
const eachOf = (does: string) => `
local wanted, field, connection = ARGV[1], ARGV[2], ARGV[3]
local records, rounds, isLeftAlone = 0, {}, {}
for place = 6, #ARGV do isLeftAlone[ARGV[place]] = true end
for _, found in ipairs(redis.call('ZRANGE', P .. 'ref:' .. wanted, 0, -1)) do
  about(found)
  local was = read('connection', 'state', 'receivedAt', 'applicationId', 'candidateId', 'round')
  if was.connection == connection and was[field] == wanted and not isLeftAlone[id] then
    records = records + 1
    ${does}
  end
end
return { records, rounds }`

/** id, name of its field, connection, time, timeline entry, ids of those left alone → records, ids and rounds of those not ended */
export const eraseLua = eachOf(`
    if not isFinal[was.state] then
      rounds[#rounds + 1] = id
      rounds[#rounds + 1] = was.round or 0
    end
    redis.call('HSET', record, 'applicationId', '${ERASED_ID}', 'candidateId', '${ERASED_ID}')
    redis.call('HDEL', record, 'person')
    referAnew(was, { applicationId = '${ERASED_ID}', candidateId = '${ERASED_ID}' })
    if was.state ~= 'delivered' and was.state ~= 'lapsed' then
      redis.call('HDEL', record, 'nextAttemptAt', 'refusedSince')
      redis.call('HSET', record, 'state', 'lapsed', 'reason', 'anonymized', 'updatedAt', ARGV[4])
      enter(was.state, was.receivedAt, 'lapsed', ARGV[4])
    end
    note(ARGV[5])`)

/** id, name of its field, connection, the id that takes its place → records */
export const mergeLua = eachOf(`
    redis.call('HSET', record, field, ARGV[4], 'merged', 1)
    referAnew(was, { [field] = ARGV[4] })`)

/** time, limit → how many were forgotten */
export const purgeLua = `
local ids = redis.call('ZRANGEBYSCORE', P .. 'ended', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, ended in ipairs(ids) do
  about(ended)
  local was = read('state', 'applicationId', 'candidateId')
  for _, index in ipairs({ 'ended', 'all', 's:' .. was.state, 'ref:' .. was.applicationId, 'ref:' .. was.candidateId }) do
    redis.call('ZREM', P .. index, id)
  end
  redis.call('DEL', record, timeline)
end
return #ids`
