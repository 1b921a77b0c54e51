-- Shared by every script of this folder: its text stands before theirs.
--
-- KEYS[1]  "seat:{EVENT}:meta". Every other key of the event bears the same hash tag, so that one
--          node of a cluster has them all; those named after holds and buyers are found on the way.
-- ARGV[1]  the generation that the caller believes in; "" = whichever is there.
--
-- seat:{EVENT}:meta       hash: generation, version, fence, feed (position of the last entry
--                         applied), started (ms), plan (version), places, free (how many),
--                         list (a mark, while somebody waits), keptAll (version up to which all
--                         free places are kept for the waiting list)
-- seat:{EVENT}:state      string: a letter per place, f h c s b x
-- seat:{EVENT}:owners     hash: place -> hold id, of places held, or claimed by a redemption alone
-- seat:{EVENT}:deadlines  sorted set: hold id -> ms when its places fall free
-- seat:{EVENT}:kept       sorted set: place kept for the waiting list -> version that freed it
-- seat:{EVENT}:log        list: the last changes, as published on "seats:{EVENT}"
-- seat:{EVENT}:hold:ID    hash: buyer, state, deadline, until, fence, places, areas, lines,
--                         generation, key, extended (ms that were added to its time)
-- seat:{EVENT}:buyer:ID   set: ids of the buyer's live holds
-- seat:{EVENT}:key:BUYER:KEY  hash: hold, fingerprint; of an idempotency key
-- seat:{EVENT}:trail      stream: what has happened, until it is moved to the database (trail below)
--
-- A change reads "GENERATION FROM VERSION MS 12h,13f,…", MS being the time of it, or "… *" when
-- everything is to be read anew.

local LOG_MAX = 1000
local CHANGES_MAX = 8000
local KEEP_MS = 24 * 60 * 60 * 1000
local TRAIL_MAX = 10000

local META = KEYS[1]
local BASE = string.sub(META, 1, -5)
local CHANNEL = 'seats:' .. string.match(BASE, '{.*}')
local STATE, OWNERS = BASE .. 'state', BASE .. 'owners'
local DEADLINES, LOG, TRAIL = BASE .. 'deadlines', BASE .. 'log', BASE .. 'trail'
local KEPT = BASE .. 'kept'

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local meta = redis.call('HMGET', META, 'generation', 'version', 'feed', 'places', 'list', 'keptAll')
local generation, version, feed = meta[1], tonumber(meta[2]), tonumber(meta[3])
local list, keptAll = meta[5], meta[6]

-- A state that an earlier process of Redis made was restored from a file: it is not to be believed.
local runID = string.match(redis.call('INFO', 'server'), 'run_id:(%x%x%x%x%x%x%x%x)')
local isValid = generation and string.sub(generation, -8) == runID
    and redis.call('STRLEN', STATE) == tonumber(meta[4])

-- The answer to a caller whose generation is not the one that is here, else nil.
local function refusal()
    if not isValid then return {'rebuilding', ''} end
    if ARGV[1] ~= '' and ARGV[1] ~= generation then return {'rebuilding', generation} end
end

local function holdKey(id) return BASE .. 'hold:' .. id end
local function buyerKey(id) return BASE .. 'buyer:' .. id end

local function numbers(text)
    local list = {}
    for number in string.gmatch(text, '%d+') do list[#list + 1] = tonumber(number) end
    return list
end

-- The letter of a place; "" beyond the last.
local function letterOf(place)
    return redis.call('GETRANGE', STATE, place, place)
end

local before, after, touched = {}, {}, {}

-- `known`: the letter that it has, where the caller has just looked.
local function setLetter(place, letter, known)
    local old = known or letterOf(place)
    if old == letter or old == '' then return end
    if not before[place] then
        before[place] = old
        touched[#touched + 1] = place
    end
    after[place] = letter
    redis.call('SETRANGE', STATE, place, letter)
end

-- A free place that nobody but the waiting list may have: while somebody waits, places that come
-- back are kept until the list has looked at them.
local function isKept(place)
    if not list or not LIST_GUARD then return false end
    if keptAll or (before[place] and before[place] ~= 'f') then return true end
    return redis.call('ZSCORE', KEPT, place) and true or false
end

-- Numbers and publishes what setLetter changed; returns the version now.
local function publish()
    local changes, freed = {}, 0
    for _, place in ipairs(touched) do
        if before[place] ~= after[place] then
            changes[#changes + 1] = place .. after[place]
            if after[place] == 'f' then freed = freed + 1 end
            if before[place] == 'f' then freed = freed - 1 end
        end
    end
    if #changes == 0 then return version end
    local from = version
    version = redis.call('HINCRBY', META, 'version', 1)
    redis.call('HINCRBY', META, 'free', freed)
    for _, place in ipairs(list and touched or {}) do
        if before[place] ~= after[place] then
            if after[place] == 'f' then
                redis.call('ZADD', KEPT, version, place)
            elseif before[place] == 'f' then
                redis.call('ZREM', KEPT, place)
            end
        end
    end
    local head = generation .. ' ' .. from .. ' ' .. version .. ' ' .. now .. ' '
    if #changes > CHANGES_MAX then
        redis.call('DEL', LOG)
        redis.call('PUBLISH', CHANNEL, head .. '*')
        return version
    end
    local message = head .. table.concat(changes, ',')
    redis.call('RPUSH', LOG, message)
    redis.call('LTRIM', LOG, -LOG_MAX, -1)
    redis.call('PUBLISH', CHANNEL, message)
    return version
end

-- Writes down what has happened to places, in one field: "WHAT HOLD BUYER REASON DEADLINE BEFORE
-- PLACES", "-" for what there is none of. `places`: "12,13", or "12s,13h" with the letters that were
-- in the way; "*" = the whole state. When nobody moves them, the oldest of some 10,000 go.
local function trail(what, id, buyer, places, reason, deadline, before)
    if places == '' then return end
    redis.call('XADD', TRAIL, 'MAXLEN', '~', TRAIL_MAX, '*', 't', what .. ' ' .. id .. ' ' .. buyer
        .. ' ' .. (reason or '-') .. ' ' .. (deadline or '-') .. ' ' .. (before or '-') .. ' ' .. places)
end

local function loadHold(id)
    local fields = redis.call('HMGET', holdKey(id), 'buyer', 'state', 'deadline', 'until',
        'fence', 'places', 'areas', 'lines', 'generation', 'key')
    if not fields[1] then return nil end
    return {
        id = id, buyer = fields[1], state = fields[2], deadline = fields[3],
        expiry = tonumber(fields[4]), fence = fields[5], places = fields[6], areas = fields[7],
        lines = fields[8], generation = fields[9], key = fields[10],
    }
end

-- Its places are in nobody's hands any more, whether they have been freed or not.
local function isLate(id)
    local expiry = redis.call('ZSCORE', DEADLINES, id)
    return not expiry or tonumber(expiry) <= now
end

local function stateOf(hold)
    if hold.state ~= 'active' and hold.state ~= 'redeemed' then return hold.state end
    if hold.generation ~= generation then return 'lost' end
    -- A redemption that is no longer in DEADLINES has become a booking.
    local expiry = redis.call('ZSCORE', DEADLINES, hold.id)
    if expiry and tonumber(expiry) <= now then return 'expired' end
    return hold.state
end

local function holdReply(hold)
    return {
        hold.id, hold.buyer, stateOf(hold), hold.deadline, hold.fence, hold.places, hold.areas,
        hold.lines, hold.generation,
    }
end

-- Takes the hold out of everything but its own hash.
local function detach(hold)
    redis.call('ZREM', DEADLINES, hold.id)
    redis.call('SREM', buyerKey(hold.buyer), hold.id)
end

-- Ends a hold of this generation and frees the places it still has.
local function endHold(hold, state)
    trail(state, hold.id, hold.buyer, hold.places, hold.state == 'redeemed' and 'not_booked' or nil)
    for _, place in ipairs(numbers(hold.places)) do
        if redis.call('HGET', OWNERS, place) == hold.id then
            redis.call('HDEL', OWNERS, place)
            setLetter(place, 'f')
        end
    end
    detach(hold)
    if state == 'lost' or hold.key ~= '' then
        redis.call('HSET', holdKey(hold.id), 'state', state)
        redis.call('PEXPIRE', holdKey(hold.id), KEEP_MS)
    else
        redis.call('DEL', holdKey(hold.id))
    end
end

-- Frees what a hold whose time is over still has.
local function reclaim(id)
    local hold = loadHold(id)
    if hold and hold.generation == generation then return endHold(hold, 'expired') end
    -- Nobody swept for a day, and the hold's own record is gone.
    redis.call('ZREM', DEADLINES, id)
    local owners, freed = redis.call('HGETALL', OWNERS), {}
    for index = 1, #owners, 2 do
        if owners[index + 1] == id then
            redis.call('HDEL', OWNERS, owners[index])
            setLetter(tonumber(owners[index]), 'f')
            freed[#freed + 1] = owners[index]
        end
    end
    trail('expired', id, '-', table.concat(freed, ','))
end

-- Reclaims up to so many holds whose time is over; returns how many there were.
local function reclaimSome(limit)
    local late = redis.call('ZRANGEBYSCORE', DEADLINES, '-inf', now, 'LIMIT', 0, limit)
    for _, id in ipairs(late) do reclaim(id) end
    return #late
end

-- The letter of a place after an expired hold was moved out of the way.
local function letterNow(place)
    local letter = letterOf(place)
    if letter ~= 'h' and letter ~= 'c' then return letter end
    local id = redis.call('HGET', OWNERS, place)
    if not id or not isLate(id) then return letter end
    reclaim(id)
    return letterOf(place)
end

-- Makes a hold the owner of places and gives them the letter.
local function own(places, id, letter, known)
    if #places == 0 then return end
    local pairs = {}
    for _, place in ipairs(places) do
        setLetter(place, letter, known)
        pairs[#pairs + 1] = place
        pairs[#pairs + 1] = id
    end
    redis.call('HSET', OWNERS, unpack(pairs))
end

-- Writes a hold, makes it the owner of its places and gives them the letter.
local function writeHold(hold, letter, known)
    own(numbers(hold.places), hold.id, letter, known)
    redis.call('HSET', holdKey(hold.id), 'buyer', hold.buyer, 'state', hold.state,
        'deadline', hold.deadline, 'until', hold.expiry, 'fence', hold.fence,
        'places', hold.places, 'areas', hold.areas, 'lines', hold.lines,
        'generation', generation, 'key', hold.key)
    redis.call('PEXPIREAT', holdKey(hold.id), hold.expiry + KEEP_MS)
    redis.call('ZADD', DEADLINES, hold.expiry, hold.id)
    redis.call('SADD', buyerKey(hold.buyer), hold.id)
    redis.call('PEXPIREAT', buyerKey(hold.buyer), hold.expiry + KEEP_MS)
end
