-- Applies one entry of the booking feed, once. What the feed says wins over holds.
--
-- ARGV[2]  position up to which the caller has applied this event's entries; "" = do not check
-- ARGV[3]  position of the entry; "~N": these places are so by the claims at position N, which is
--          told of entries that could not be applied in their turn: the state's position stays
-- ARGV[4 …]  "12c" or "12c:HOLD": the place's letter now, and the hold that a claim came from
--
-- {"applied", version, feed} | {"skipped", version, feed}: it was applied before
-- {"behind", version, feed}: entries after `feed` have to be applied first
-- {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local position = tonumber((string.gsub(ARGV[3], '~', '')))
local corrects = string.sub(ARGV[3], 1, 1) == '~'
if corrects and position < feed then return {'behind', version, feed} end
if not corrects and position <= feed then return {'skipped', version, feed} end
if ARGV[2] ~= '' and feed < tonumber(ARGV[2]) then return {'behind', version, feed} end

local lost, booked = {}, {}

-- The hold is the claim's own, or may be taken for it.
local function isOfClaim(owner, id, letter)
    if id ~= '' then return owner == id end
    if letter ~= 'c' and letter ~= 's' then return false end
    local hold = loadHold(owner)
    return hold and hold.state == 'redeemed'
end

for index = 4, #ARGV do
    local place, letter, id = string.match(ARGV[index], '^(%d+)(%a):?(.*)$')
    place = tonumber(place)
    local owner = redis.call('HGET', OWNERS, place)
    -- A place that has left the plan stays out whatever happens to claims on it, and a claim that
    -- ends does not touch the hold that came after it.
    local isKept = letterOf(place) == 'x' or (letter == 'f' and owner and owner ~= id)
    if not isKept then
        if owner then
            if isOfClaim(owner, id, letter) then
                booked[owner] = true
            else
                lost[owner] = true
            end
            redis.call('HDEL', OWNERS, place)
        end
        setLetter(place, letter)
    end
end

for id in pairs(lost) do
    local hold = loadHold(id)
    if hold then endHold(hold, 'lost') end
    booked[id] = nil
end

-- A hold all of whose places have become claims is the booking's affair now.
for id in pairs(booked) do
    local hold = loadHold(id)
    local remain = 0
    for _, place in ipairs(numbers(hold and hold.places or '')) do
        if redis.call('HGET', OWNERS, place) == id then remain = remain + 1 end
    end
    if hold then redis.call('HSET', holdKey(id), 'state', 'redeemed') end
    if hold and remain == 0 then detach(hold) end
end

if corrects then return {'applied', publish(), feed} end
redis.call('HSET', META, 'feed', ARGV[3])
return {'applied', publish(), position}
