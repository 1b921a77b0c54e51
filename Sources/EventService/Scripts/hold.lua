-- Holds all the places asked for, or none. Holds in the way whose time is over are reclaimed.
--
-- ARGV[2]  hold id; asked for again by its buyer, the hold is answered as it is
-- ARGV[3]  buyer
-- ARGV[4]  ms the hold lives
-- ARGV[5]  how many places the buyer may have in live holds of this event, this one included
-- ARGV[6]  idempotency key of the buyer, or ""
-- ARGV[7]  fingerprint of the request under that key
-- ARGV[8]  "new"; "change": the hold is there and gets these places instead of its own; "offer": new,
--          for somebody of the waiting list, for whom places that are kept for it are free; it is
--          never extended
-- ARGV[9]  n, how many choices of numbered seats; the first that is free as a whole is taken
-- then by twos    places of a choice, "12,13" or "", and lines: opaque, kept with the hold
-- then            m, how many edges that must not be left alone
-- then m texts    "a,b,c": it would leave a free while b is not, though c is free on the other
--                 side; -1 is never free
-- then by threes  first place, count and quantity wanted of a general-admission area
--
-- {"held" | "replayed", version, generation, hold}
-- {"unavailable", version, {"12s", …, "99?" for no such place, "12f" for one that is kept for the
--     waiting list}, {how many each area has}}: the reasons are those of the first choice
-- {"orphan", version, {place, …}}: these would be left alone
-- {"limit", version, live places} | {"keyReused"} | {"notYours"} | {"rebuilding", generation}
-- {"ended", version, state | "missing", ms when this generation started}: there is no such hold
--     to change

local refused = refusal()
if refused then return refused end

local id, buyer, key, isChange = ARGV[2], ARGV[3], ARGV[6], ARGV[8] == 'change'
local isOffer = ARGV[8] == 'offer'
local recordKey = BASE .. 'key:' .. buyer .. ':' .. key
local choiceCount = tonumber(ARGV[9])
local edgesAt = 10 + 2 * choiceCount
local areasAt = edgesAt + 1 + tonumber(ARGV[edgesAt])

if key ~= '' then
    local record = redis.call('HMGET', recordKey, 'hold', 'fingerprint')
    if record[1] and record[2] ~= ARGV[7] then return {'keyReused'} end
    local hold = record[1] and loadHold(record[1])
    if hold then return {'replayed', version, generation, holdReply(hold)} end
end
local same = loadHold(id)
if same and same.buyer ~= buyer then return {'notYours'} end
if same and not isChange then return {'replayed', version, generation, holdReply(same)} end
if isChange and (not same or stateOf(same) ~= 'active') then
    local started = redis.call('HGET', META, 'started')
    return {'ended', version, same and stateOf(same) or 'missing', started}
end

-- Who was refused which seats, and why. Of several choices the buyer knows nothing.
local function refuse(places, reason)
    if choiceCount == 1 then trail('refused', id, buyer, places, reason) end
end

local wanted = #numbers(ARGV[10])
for index = areasAt, #ARGV, 3 do wanted = wanted + tonumber(ARGV[index + 2]) end

local live = 0
for _, other in ipairs(redis.call('SMEMBERS', buyerKey(buyer))) do
    local fields = redis.call('HMGET', holdKey(other), 'generation', 'places')
    if fields[1] ~= generation then
        redis.call('SREM', buyerKey(buyer), other)
    elseif isLate(other) then
        reclaim(other)
    elseif other ~= id then
        live = live + #numbers(fields[2])
    end
end
if live + wanted > tonumber(ARGV[5]) then
    refuse(ARGV[10], 'too_many_places')
    return {'limit', publish(), live}
end

-- Places that this hold has already are as good as free for it.
local mine, taken = {}, {}
for _, place in ipairs(isChange and numbers(same.places) or {}) do
    if redis.call('HGET', OWNERS, place) == id then mine[place] = true end
end

local function isFree(place)
    return mine[place] or not GUARD or letterNow(place) == 'f' and (isOffer or not isKept(place))
end

local places, lines
local reasons = {}
for choice = 1, choiceCount do
    local list, isWhole = numbers(ARGV[8 + 2 * choice]), true
    for _, place in ipairs(list) do
        if not isFree(place) then
            isWhole = false
            if choice > 1 then break end
            local letter = letterOf(place)
            reasons[#reasons + 1] = place .. (letter == '' and '?' or letter)
        end
    end
    if isWhole then
        places, lines = list, ARGV[9 + 2 * choice]
        break
    end
end
for _, place in ipairs(places or numbers(ARGV[10])) do taken[place] = true end

local orphans = {}
for index = edgesAt + 1, areasAt - 1 do
    local edge, beyond, other = string.match(ARGV[index], '^(%d+),(%-?%d+),(%-?%d+)$')
    local function stays(place)
        place = tonumber(place)
        return place >= 0 and not taken[place] and isFree(place)
    end
    if stays(edge) and not stays(beyond) and stays(other) then
        orphans[#orphans + 1] = tonumber(edge)
    end
end
if places and #orphans > 0 then
    refuse(table.concat(places, ','), 'leaves_single_seat')
    return {'orphan', publish(), orphans}
end

-- Places of an area, at most `quantity`: first those that the hold has, then the first free ones,
-- but for those chosen already. Read in pieces: a large area costs no more than a small one.
local function choose(first, count, quantity)
    local found, last = {}, first + count - 1
    for _, place in ipairs(isChange and numbers(same.places) or {}) do
        if #found < quantity and mine[place] and place >= first and place <= last
            and not taken[place] then found[#found + 1] = place end
    end
    local at, size = first, 64
    if list and keptAll and LIST_GUARD and not isOffer then return found end
    while at <= last and #found < quantity do
        local text = redis.call('GETRANGE', STATE, at, math.min(at + size - 1, last))
        if not GUARD then text = string.rep('f', #text) end
        local index = string.find(text, 'f', 1, true)
        while index and #found < quantity do
            local place = at + index - 1
            if not taken[place] and (isOffer or not isKept(place)) then
                found[#found + 1] = place
            end
            index = string.find(text, 'f', index + 1, true)
        end
        at = at + size
        size = math.min(size * 2, 4096)
    end
    return found
end

local seatCount = #(places or {})
local areas, available, isShort = {}, {}, false
for index = areasAt, #ARGV, 3 do
    local first, count = tonumber(ARGV[index]), tonumber(ARGV[index + 1])
    local quantity = tonumber(ARGV[index + 2])
    local found = choose(first, count, quantity)
    for _ = 1, 10 do
        if #found == quantity or reclaimSome(100) == 0 then break end
        found = choose(first, count, quantity)
    end
    for _, place in ipairs(found) do
        if places then places[#places + 1] = place end
        taken[place] = true
    end
    areas[#areas + 1] = #found
    available[#available + 1] = #found
    isShort = isShort or #found < quantity
end

if not places or isShort then
    refuse(table.concat(reasons, ','), 'seats_unavailable')
    return {'unavailable', publish(), reasons, available}
end

local hold = {
    id = id, buyer = buyer, state = 'active', generation = generation,
    fence = redis.call('HINCRBY', META, 'fence', 1), places = table.concat(places, ','),
    areas = table.concat(areas, ','), lines = lines, key = key,
}
local known = GUARD and 'f' or nil
if isChange then
    local dropped = {}
    for place in pairs(mine) do
        if not taken[place] then
            redis.call('HDEL', OWNERS, place)
            setLetter(place, 'f')
            dropped[#dropped + 1] = place
        end
    end
    trail('released', id, buyer, table.concat(dropped, ','), 'changed')
    trail('changed', id, buyer, hold.places, nil, same.deadline)
    local new = {}
    for _, place in ipairs(places) do
        if not mine[place] then new[#new + 1] = place end
    end
    own(new, id, 'h', known)
    hold.deadline = same.deadline
    redis.call('HSET', holdKey(id), 'fence', hold.fence, 'places', hold.places,
        'areas', hold.areas, 'lines', hold.lines)
else
    hold.deadline = now + tonumber(ARGV[4])
    hold.expiry = hold.deadline
    writeHold(hold, 'h', known)
    trail(isOffer and 'offered' or 'held', id, buyer, hold.places, nil, hold.deadline)
    if isOffer then redis.call('HSET', holdKey(id), 'extended', 8 * 24 * 60 * 60 * 1000) end
    if key ~= '' then
        redis.call('HSET', recordKey, 'hold', id, 'fingerprint', ARGV[7])
        redis.call('PEXPIRE', recordKey, KEEP_MS)
    end
end
return {'held', publish(), generation, {
    id, buyer, 'active', hold.deadline, hold.fence, hold.places, hold.areas, lines, generation,
}}
