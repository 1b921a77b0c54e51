-- Holds all the places asked for, or none. Holds in the way whose time is over are reclaimed.
--
-- ARGV[2]  hold id; asked for again by its buyer, the hold is answered as it is
-- ARGV[3]  buyer
-- ARGV[4]  ms the hold lives
-- ARGV[5]  how many places the buyer may have in live holds of this event, this one included
-- ARGV[6]  idempotency key of the buyer, or ""
-- ARGV[7]  fingerprint of the request under that key
-- ARGV[8]  lines: opaque, kept with the hold
-- ARGV[9]  n, how many numbered seats
-- ARGV[10 … 9+n]  their places
-- then by threes  first place, count and quantity wanted of a general-admission area
--
-- {"held" | "replayed", version, generation, hold}
-- {"unavailable", version, {"12s", …, "99?" for no such place}, {how many each area has}}
-- {"limit", version, live places} | {"keyReused"} | {"notYours"} | {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local id, buyer, key = ARGV[2], ARGV[3], ARGV[6]
local recordKey = BASE .. 'key:' .. buyer .. ':' .. key

if key ~= '' then
    local record = redis.call('HMGET', recordKey, 'hold', 'fingerprint')
    if record[1] and record[2] ~= ARGV[7] then return {'keyReused'} end
    local hold = record[1] and loadHold(record[1])
    if hold then return {'replayed', version, generation, holdReply(hold)} end
end
local same = loadHold(id)
if same and same.buyer ~= buyer then return {'notYours'} end
if same then return {'replayed', version, generation, holdReply(same)} end

local wanted = tonumber(ARGV[9])
for index = 10 + wanted, #ARGV, 3 do wanted = wanted + tonumber(ARGV[index + 2]) end

local live = 0
for _, other in ipairs(redis.call('SMEMBERS', buyerKey(buyer))) do
    local hold = loadHold(other)
    if not hold or hold.generation ~= generation then
        redis.call('SREM', buyerKey(buyer), other)
    elseif isLate(other) then
        reclaim(other)
    else
        live = live + #numbers(hold.places)
    end
end
if live + wanted > tonumber(ARGV[5]) then return {'limit', publish(), live} end

local places, taken, reasons = {}, {}, {}
for index = 10, 9 + tonumber(ARGV[9]) do
    local place = tonumber(ARGV[index])
    local letter = letterNow(place)
    if letter ~= 'f' and GUARD then
        reasons[#reasons + 1] = place .. (letter == '' and '?' or letter)
    end
    places[#places + 1] = place
    taken[place] = true
end

-- The first free places of an area, at most `quantity`, but for those chosen already.
local function choose(first, count, quantity)
    local text = redis.call('GETRANGE', STATE, first, first + count - 1)
    if not GUARD then text = string.rep('f', #text) end
    local found, at = {}, 0
    while #found < quantity do
        at = string.find(text, 'f', at + 1, true)
        if not at then return found end
        local place = first + at - 1
        if not taken[place] then found[#found + 1] = place end
    end
    return found
end

local areas, available, isShort = {}, {}, false
for index = 10 + tonumber(ARGV[9]), #ARGV, 3 do
    local first, count = tonumber(ARGV[index]), tonumber(ARGV[index + 1])
    local quantity = tonumber(ARGV[index + 2])
    local found = choose(first, count, quantity)
    for _ = 1, 10 do
        if #found == quantity or reclaimSome(100) == 0 then break end
        found = choose(first, count, quantity)
    end
    for _, place in ipairs(found) do
        places[#places + 1] = place
        taken[place] = true
    end
    areas[#areas + 1] = #found
    available[#available + 1] = #found
    isShort = isShort or #found < quantity
end

if #reasons > 0 or isShort then return {'unavailable', publish(), reasons, available} end

local deadline = now + tonumber(ARGV[4])
writeHold({
    id = id, buyer = buyer, state = 'active', deadline = deadline, expiry = deadline,
    fence = redis.call('HINCRBY', META, 'fence', 1), places = table.concat(places, ','),
    areas = table.concat(areas, ','), lines = ARGV[8], key = key,
}, 'h')
if key ~= '' then
    redis.call('HSET', recordKey, 'hold', id, 'fingerprint', ARGV[7])
    redis.call('PEXPIRE', recordKey, KEEP_MS)
end
local current = publish()
return {'held', current, generation, holdReply(loadHold(id))}
