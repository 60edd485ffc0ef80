const DAY_SECONDS = 86_400

/**
 * Entries are hashes (`interview:<person>`, `write-back:<application on a route>`). What belongs to a candidate or an
 * application stands in a hash of names (`of:<subject>`: short hashes take less room than sets), the names of an
 * application in that of its candidate, and who was interviewed as whom in `who:<subject>:…`. An application's names hold
 * its candidate (`@<candidate>`). `erased:<subject>` is empty for somebody erased, or says who they have become. A life is
 * made longer only once a day of it has gone: to write it each time would take as long as all the rest. KEYS[1] is what
 * all these begin with.
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
`

/** candidate, application, seconds to live, name of an entry of theirs: ends with nothing unless both live */
const held = `${prelude}
local candidate, application, ttl = living(ARGV[1]), living(ARGV[2]), tonumber(ARGV[3])
if not candidate or not application then return false end
local entry = P .. ARGV[4]
local function lives(key)
  if redis.call('TTL', key) < ttl - ${DAY_SECONDS} then redis.call('EXPIRE', key, ttl) end
end
local function hold(...)
  local namesOf = { [candidate] = { 'of:' .. application, '' }, [application] = { '@' .. candidate, '' } }
  for subject, fields in pairs(namesOf) do
    for _, name in ipairs({ ... }) do fields[#fields + 1], fields[#fields + 2] = name, '' end
    redis.call('HSET', P .. 'of:' .. subject, unpack(fields))
    lives(P .. 'of:' .. subject)
  end
end
`

const interviewed = `${held}
local as = {}
for i, subject in ipairs({ candidate, application }) do
  as[i] = 'who:' .. subject .. ':' .. ARGV[5]
  redis.call('SETNX', P .. as[i], ARGV[6])
  lives(P .. as[i])
end
hold(ARGV[4], unpack(as))
`

/** …, interviewer, person, time, hashes of the name → 1; or nothing */
export const intendLua = `${interviewed}
redis.call('HSET', entry, 'intentAt', ARGV[7])
redis.call('HSETNX', entry, 'nameWords', ARGV[8])
lives(entry)
return 1`

/** …, interviewer, person, interview → the one that stands; or nothing */
export const keepLua = `${interviewed}
redis.call('HSETNX', entry, 'interview', ARGV[7])
lives(entry)
return redis.call('HGET', entry, 'interview')`

/** …, field, time → 1; or nothing */
export const markLua = `${held}
hold(ARGV[4])
redis.call('HSET', entry, ARGV[5], ARGV[6])
lives(entry)
return 1`

/** Name of an entry → nothing: an intent taken back */
export const withdrawLua = `
local entry = KEYS[1] .. ARGV[1]
if redis.call('HEXISTS', entry, 'interview') == 0 then redis.call('DEL', entry) end`

/** candidate, application → whether they are still there */
export const lifeLua = `${prelude}
local candidate = living(ARGV[1])
if not candidate or not living(ARGV[2]) then return 'erased' end
return candidate == ARGV[1] and 'living' or 'merged'`

/** subject, seconds to live → interviews, write-backs */
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
redis.call('SET', P .. 'erased:' .. ARGV[1], '', 'EX', ARGV[2], 'NX')
return { interviews, writeBacks }`

/** candidate, the one they become, seconds to live → nothing */
export const mergeLua = `${prelude}
local from, into, ttl = ARGV[1], living(ARGV[2]), ARGV[3]
if redis.call('EXISTS', P .. 'erased:' .. from) == 1 or from == into then return end
redis.call('SET', P .. 'erased:' .. from, into or '', 'EX', ttl)
for _, name in ipairs(redis.call('HKEYS', P .. 'of:' .. from)) do
  local old = 'who:' .. from .. ':'
  if not into then redis.call('DEL', P .. name)
  elseif string.find(name, old, 1, true) == 1 then
    local new = 'who:' .. into .. ':' .. string.sub(name, #old + 1)
    local person = redis.call('GET', P .. name)
    if person then redis.call('SET', P .. new, person, 'EX', ttl, 'NX') end
    redis.call('DEL', P .. name)
    redis.call('HSETNX', P .. 'of:' .. into, new, '')
  else redis.call('HSETNX', P .. 'of:' .. into, name, '') end
end
redis.call('DEL', P .. 'of:' .. from)
if into then redis.call('EXPIRE', P .. 'of:' .. into, ttl) end`

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
