import { LEDGER_DAYS } from './ledger.ts'

const DAY_SECONDS = 86_400
const TTL_SECONDS = LEDGER_DAYS * DAY_SECONDS

/**
 * Entries are hashes (`interview:<person>`, `write-back:<application on a route>`). What belongs to a candidate or an
 * application stands in a hash of names (`of:<subject>`: short hashes take less room than sets), the names of an
 * application in that of its candidate, and who was interviewed as whom in `who:<subject>:…`. An application's names hold
 * its candidate (`@<candidate>`). `erased:<subject>` is empty for somebody erased, or says who they have become. KEYS[1]
 * is what all these begin with. Each command takes about as long as all that Lua does between two.
 */
const prelude = `
local P = KEYS[1]

local function living(subject)
  for _ = 1, 16 do
    local became = redis.call('GET', P .. 'erased:' .. subject)
    if not became then return subject end
    if became == '' then return nil end
    subject = became
  end
end

local function bothLiving(candidate, application)
  local became = redis.call('MGET', P .. 'erased:' .. candidate, P .. 'erased:' .. application)
  if not became[1] and not became[2] then return candidate, application end
  return living(candidate), living(application)
end
`

/**
 * candidate, application: ends with nothing unless both live. An entry's life is made longer, and whose it is said, only
 * when it is new to one of them or a day of its life has gone; nothing that leads to it may end before it does.
 */
const held = `${prelude}
local candidate, application = bothLiving(ARGV[1], ARGV[2])
if not candidate or not application then return false end

local function isHeld(names)
  for _, name in ipairs(names) do
    if redis.call('TTL', P .. name) < ${TTL_SECONDS - DAY_SECONDS} then return false end
  end
  for _, subject in ipairs({ candidate, application }) do
    for _, isSaid in ipairs(redis.call('HMGET', P .. 'of:' .. subject, unpack(names))) do
      if not isSaid then return false end
    end
  end
  return true
end

local function hold(names, who)
  local namesOf = { [candidate] = 'of:' .. application, [application] = '@' .. candidate }
  for subject, other in pairs(namesOf) do
    local fields = { other, '' }
    for _, list in ipairs({ names, who }) do
      for _, name in ipairs(list) do fields[#fields + 1], fields[#fields + 2] = name, '' end
    end
    redis.call('HSET', P .. 'of:' .. subject, unpack(fields))
    redis.call('EXPIRE', P .. 'of:' .. subject, ${TTL_SECONDS})
  end
  for _, name in ipairs(names) do redis.call('EXPIRE', P .. name, ${TTL_SECONDS}) end
end
`

/** …, name of an application's entry, field, time → whether the candidate is still the same one; or nothing */
export const markLua = `${held}
redis.call('HSET', P .. ARGV[3], ARGV[4], ARGV[5])
if not isHeld({ ARGV[3] }) then hold({ ARGV[3] }, {}) end
return candidate == ARGV[1] and 'living' or 'merged'`

/**
 * …, name of the person's entry, interviewer, person. Who was interviewed as whom is said by an interview, whatever was
 * said before (if something else, all is said anew), and by an intent only where nothing was.
 */
const interviewed = `${held}
local entry = P .. ARGV[3]

local function isSaid(who)
  for _, person in ipairs(redis.call('MGET', P .. who[1], P .. who[2])) do
    if person ~= ARGV[5] then return false end
  end
  return true
end

local function holdInterview(isKept, marked, field, at)
  local names, who = { ARGV[3], marked }, {}
  for i, subject in ipairs({ candidate, application }) do who[i] = 'who:' .. subject .. ':' .. ARGV[4] end
  if marked then redis.call('HSET', P .. marked, field, at) end
  -- How old what leads to the interview is, the application's own entry tells; other applications may share the interview's.
  if marked and isHeld(names) and (not isKept or isSaid(who)) then return end
  local onlyWhere = isKept and {} or { 'NX' }
  for _, name in ipairs(who) do
    local isSet = redis.call('SET', P .. name, ARGV[5], 'EX', ${TTL_SECONDS}, unpack(onlyWhere))
    if not isSet then redis.call('EXPIRE', P .. name, ${TTL_SECONDS}) end
  end
  hold(names, who)
end
`

/**
 * …, time, hashes of the name, time of the intent before it or an empty text, and if something is to be marked: name of
 * an application's entry, field, time → 1, or 0 if there is more by now; or nothing
 */
export const intendLua = `${interviewed}
local was = redis.call('HMGET', entry, 'intentAt', 'interview')
if was[2] or was[1] and was[1] ~= ARGV[8] then return 0 end
if was[1] then redis.call('HSET', entry, 'intentAt', ARGV[6])
else redis.call('HSET', entry, 'intentAt', ARGV[6], 'nameWords', ARGV[7]) end
holdInterview(false, ARGV[9], ARGV[10], ARGV[11])
return 1`

/** …, interview, and if something is to be marked: name of an application's entry, field, time → the one that stands; or nothing */
export const keepLua = `${interviewed}
-- A write that takes no room: of a script that has written, a full Redis takes the rest. There is no other copy of the link.
redis.call('HDEL', entry, '')
local isFirst = redis.call('HSETNX', entry, 'interview', ARGV[6]) == 1
holdInterview(true, ARGV[7], ARGV[8], ARGV[9])
return isFirst and ARGV[6] or redis.call('HGET', entry, 'interview')`

const hasInterview = `
local function hasInterview(person) return redis.call('HEXISTS', P .. 'interview:' .. person, 'interview') == 1 end
`

/** candidate, application, person, interviewer → the person of whom an interview is remembered, fields; or nothing */
export const findKnownLua = `
local P = KEYS[1]
${hasInterview}
local fields = redis.call('HGETALL', P .. 'interview:' .. ARGV[3])
if #fields > 0 then return { ARGV[3], fields } end
local intended
for _, subject in ipairs({ ARGV[1], ARGV[2] }) do
  local person = redis.call('GET', P .. 'who:' .. subject .. ':' .. ARGV[4])
  local found = person and redis.call('HGETALL', P .. 'interview:' .. person) or {}
  local known = #found > 0 and { person, found }
  if known and hasInterview(person) then return known end
  intended = intended or known
end
return intended`

/** Name of an entry → nothing: an intent taken back */
export const withdrawLua = `
local entry = KEYS[1] .. ARGV[1]
if redis.call('HEXISTS', entry, 'interview') == 0 then redis.call('DEL', entry) end`

const life = `${prelude}
local function life()
  local candidate, application = bothLiving(ARGV[1], ARGV[2])
  if not candidate or not application then return 'erased' end
  return candidate == ARGV[1] and 'living' or 'merged'
end
`

/** candidate, application → whether they are still there */
export const lifeLua = `${life}
return life()`

/** candidate, application, name of an application's entry → whether they are still there, fields */
export const findWriteBackLua = `${life}
return { life(), redis.call('HGETALL', P .. ARGV[3]) }`

/** subject → interviews, write-backs */
export const eraseLua = `${prelude}
local interviews, writeBacks = 0, 0
local names = redis.call('HKEYS', P .. 'of:' .. ARGV[1])
for _, name in ipairs(names) do
  local candidate = string.sub(name, 1, 1) == '@' and living(string.sub(name, 2))
  if candidate then redis.call('HDEL', P .. 'of:' .. candidate, 'of:' .. ARGV[1], unpack(names)) end
  local gone = redis.call('DEL', P .. name)
  if string.find(name, 'interview:', 1, true) == 1 then interviews = interviews + gone end
  if string.find(name, 'write-back:', 1, true) == 1 then writeBacks = writeBacks + gone end
end
redis.call('DEL', P .. 'of:' .. ARGV[1])
redis.call('SET', P .. 'erased:' .. ARGV[1], '', 'EX', ${TTL_SECONDS}, 'NX')
return { interviews, writeBacks }`

/** candidate, the one they become → nothing */
export const mergeLua = `${prelude}${hasInterview}
local from, into = ARGV[1], living(ARGV[2])
if redis.call('EXISTS', P .. 'erased:' .. from) == 1 or from == into then return end
redis.call('SET', P .. 'erased:' .. from, into or '', 'EX', ${TTL_SECONDS})
for _, name in ipairs(redis.call('HKEYS', P .. 'of:' .. from)) do
  local old = 'who:' .. from .. ':'
  if not into then redis.call('DEL', P .. name)
  elseif string.find(name, old, 1, true) == 1 then
    local new = 'who:' .. into .. ':' .. string.sub(name, #old + 1)
    local person, standing = redis.call('GET', P .. name), redis.call('GET', P .. new)
    if person and (not standing or hasInterview(person) and not hasInterview(standing)) then
      redis.call('SET', P .. new, person, 'EX', ${TTL_SECONDS})
    end
    redis.call('DEL', P .. name)
    redis.call('HSETNX', P .. 'of:' .. into, new, '')
  else redis.call('HSETNX', P .. 'of:' .. into, name, '') end
end
redis.call('DEL', P .. 'of:' .. from)
if into then redis.call('EXPIRE', P .. 'of:' .. into, ${TTL_SECONDS}) end`

/** name of a value, what is offered → what stands */
export const secretLua = `
redis.call('SETNX', KEYS[1] .. ARGV[1], ARGV[2])
return redis.call('GET', KEYS[1] .. ARGV[1])`

/** name of a value, what stands, what is to stand → 1 if it did */
export const replaceSecretLua = `
if redis.call('GET', KEYS[1] .. ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1] .. ARGV[1], ARGV[3])
return 1`

/** name of an entry, interview that stands, the one that is to stand → 1 if it did */
export const replaceInterviewLua = `
local entry = KEYS[1] .. ARGV[1]
if redis.call('HGET', entry, 'interview') ~= ARGV[2] then return 0 end
redis.call('HSET', entry, 'interview', ARGV[3])
return 1`
