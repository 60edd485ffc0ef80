import { ERASED_ID } from './journal.ts'
import { TIMELINE_HEAD, TIMELINE_TAIL } from './records.ts'

/**
 * One record is a hash (`d:<id>`) and a list of timeline entries (`t:<id>`). Beside them sorted sets, by time of
 * receipt: `all`, one per state (`s:<state>`), one per id that people search for (`ref:<id>`); by time of turn: `due`;
 * by time of end: `ended`. KEYS[1] is what all these begin with.
 */
const prelude = `
local P, id = KEYS[1], ARGV[1]
local record, timeline = P .. 'd:' .. id, P .. 't:' .. id
local isFinal = { delivered = true, lapsed = true, dead = true }

local function pairsFrom(first, last)
  local list = {}
  for i = first, last or #ARGV do list[#list + 1] = ARGV[i] end
  return list
end

local function note(entries)
  for _, entry in ipairs(entries) do redis.call('RPUSH', timeline, entry) end
  if redis.call('LLEN', timeline) <= ${TIMELINE_HEAD + TIMELINE_TAIL} then return end
  local head = redis.call('LRANGE', timeline, 0, ${TIMELINE_HEAD - 1})
  redis.call('LTRIM', timeline, -${TIMELINE_TAIL}, -1)
  for i = #head, 1, -1 do redis.call('LPUSH', timeline, head[i]) end
end

local function enter(state, at)
  local before, receivedAt = unpack(redis.call('HMGET', record, 'state', 'receivedAt'))
  if before then redis.call('ZREM', P .. 's:' .. before, id) end
  redis.call('ZADD', P .. 's:' .. state, receivedAt, id)
  redis.call('HSET', record, 'state', state)
  if isFinal[state] then
    redis.call('ZREM', P .. 'due', id)
    redis.call('ZADD', P .. 'ended', at, id)
    redis.call('HDEL', record, 'dueAt')
  else
    redis.call('ZREM', P .. 'ended', id)
    redis.call('ZADD', P .. 'due', at, id)
    redis.call('HSET', record, 'dueAt', at)
  end
end

local function refer(before)
  local receivedAt, application, candidate =
    unpack(redis.call('HMGET', record, 'receivedAt', 'applicationId', 'candidateId'))
  for _, ref in ipairs(before) do redis.call('ZREM', P .. 'ref:' .. ref, id) end
  for _, ref in ipairs({ id, application, candidate }) do
    if ref ~= '${ERASED_ID}' then redis.call('ZADD', P .. 'ref:' .. ref, receivedAt, id) end
  end
end

local function create(fields, entry)
  redis.call('HSET', record, unpack(fields))
  redis.call('ZADD', P .. 'all', redis.call('HGET', record, 'receivedAt'), id)
  refer({})
  note({ entry })
end
`

/** For each delivery id, receivedAt, timeline entry, how many fields and values, these → for each is new, state */
export const receivedLua = `${prelude}
local replies, first = {}, 1
while first <= #ARGV do
  local given, receivedAt, entry, length = unpack(ARGV, first, first + 3)
  local last = first + 3 + length
  id, record, timeline = given, P .. 'd:' .. given, P .. 't:' .. given
  if redis.call('EXISTS', record) == 1 then
    replies[#replies + 1] = { redis.call('HDEL', record, 'unannounced'), redis.call('HGET', record, 'state') }
  else
    create(pairsFrom(first + 4, last), entry)
    redis.call('HSET', record, 'attempts', 0, 'round', 0, 'updatedAt', receivedAt)
    enter('queued', receivedAt)
    replies[#replies + 1] = { 1, 'queued' }
  end
  first = last + 1
end
return replies`

/** id, at, timeline entry, delivery's fields → run, attempts, unfinished, roundStartedAt, refusedSince; or nothing */
export const startedLua = `${prelude}
local state = redis.call('HGET', record, 'state')
if state and isFinal[state] then return false end
if not state then
  create(pairsFrom(4), ARGV[3])
  redis.call('HSET', record, 'attempts', 0, 'round', 0, 'unannounced', 1)
end
redis.call('HINCRBY', record, 'run', 1)
redis.call('HINCRBY', record, 'unfinished', 1)
redis.call('HSETNX', record, 'roundStartedAt', ARGV[2])
redis.call('HSET', record, 'updatedAt', ARGV[2])
redis.call('HDEL', record, 'reason', 'nextAttemptAt')
enter('running', ARGV[2])
return redis.call('HMGET', record, 'run', 'attempts', 'unfinished', 'roundStartedAt', 'refusedSince')`

/** id, run, state, turn or end, 1 for an attempt, number of timeline entries, these, fields that are set */
export const endedLua = `${prelude}
local run, state, application, candidate =
  unpack(redis.call('HMGET', record, 'run', 'state', 'applicationId', 'candidateId'))
if run ~= ARGV[2] or state ~= 'running' then return end
redis.call('HDEL', record, 'reason', 'nextAttemptAt', 'refusedSince')
redis.call('HINCRBY', record, 'attempts', ARGV[5])
redis.call('HSET', record, 'unfinished', 0)
local entries = {}
for i = 1, tonumber(ARGV[6]) do entries[i] = ARGV[6 + i] end
redis.call('HSET', record, unpack(pairsFrom(7 + #entries)))
note(entries)
refer({ application, candidate })
if redis.call('HGET', record, 'applicationId') == '${ERASED_ID}' then redis.call('HDEL', record, 'person') end
enter(ARGV[3], ARGV[4])`

/** id, at, timeline entry, turn → 1; or nothing */
export const requeuedLua = `${prelude}
local state, application = unpack(redis.call('HMGET', record, 'state', 'applicationId'))
if state ~= 'dead' and state ~= 'lapsed' or application == '${ERASED_ID}' then return false end
redis.call('HINCRBY', record, 'round', 1)
redis.call('HSET', record, 'attempts', 0, 'unfinished', 0, 'updatedAt', ARGV[2])
redis.call('HDEL', record, 'reason', 'nextAttemptAt', 'roundStartedAt', 'refusedSince')
if ARGV[4] ~= ARGV[2] then redis.call('HSET', record, 'nextAttemptAt', ARGV[4]) end
enter('queued', ARGV[4])
note({ ARGV[3] })
return 1`

/** Goes through the records that an id refers to: those in which the connection's `field` is that id. */
const eachOf = (does: string) => `${prelude}
local wanted, field, connection = ARGV[1], ARGV[2], ARGV[3]
local records, rounds = 0, {}
for _, found in ipairs(redis.call('ZRANGE', P .. 'ref:' .. wanted, 0, -1)) do
  id, record, timeline = found, P .. 'd:' .. found, P .. 't:' .. found
  local at, value = unpack(redis.call('HMGET', record, 'connection', field))
  if at == connection and value == wanted then
    records = records + 1
    local state, application, candidate, round =
      unpack(redis.call('HMGET', record, 'state', 'applicationId', 'candidateId', 'round'))
    ${does}
  end
end
return { records, rounds }`

/** id, name of its field, connection, time, timeline entry → records, ids and rounds of those not ended */
export const eraseLua = eachOf(`
    if not isFinal[state] then
      rounds[#rounds + 1] = id
      rounds[#rounds + 1] = round
    end
    redis.call('HSET', record, 'applicationId', '${ERASED_ID}', 'candidateId', '${ERASED_ID}')
    redis.call('HDEL', record, 'person')
    refer({ application, candidate })
    if state ~= 'delivered' and state ~= 'lapsed' then
      redis.call('HDEL', record, 'nextAttemptAt', 'refusedSince')
      redis.call('HSET', record, 'reason', 'anonymized', 'updatedAt', ARGV[4])
      enter('lapsed', ARGV[4])
    end
    note({ ARGV[5] })`)

/** id, name of its field, connection, the id that takes its place → records */
export const mergeLua = eachOf(`
    redis.call('HSET', record, field, ARGV[4])
    refer({ application, candidate })`)

/** time, limit → how many were forgotten */
export const purgeLua = `
local P = KEYS[1]
local ids = redis.call('ZRANGEBYSCORE', P .. 'ended', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  local state, application, candidate = unpack(redis.call('HMGET', P .. 'd:' .. id, 'state', 'applicationId', 'candidateId'))
  redis.call('ZREM', P .. 'ended', id)
  redis.call('ZREM', P .. 'all', id)
  redis.call('ZREM', P .. 's:' .. state, id)
  for _, ref in ipairs({ id, application, candidate }) do redis.call('ZREM', P .. 'ref:' .. ref, id) end
  redis.call('DEL', P .. 'd:' .. id, P .. 't:' .. id)
end
return #ids`
