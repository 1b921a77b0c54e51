-- Claims the places of a hold for the booking that is being made of it.
--
-- ARGV[2]  hold id
-- ARGV[3]  buyer
-- ARGV[4]  ms the places stay claimed without a word from the booking feed
-- ARGV[5]  generation of the token
-- ARGV[6]  deadline of the token, ms
-- ARGV[7]  places of the token, "12,13"
-- ARGV[8]  fence of the token
--
-- {"redeemed", version, ms until} | {"again", version}: this hold was redeemed before
-- {"tokenAlone", version, ms until}: the generation that knew the hold is gone; where another has
--     come, the places were free and are claimed there; where none has, version and ms are ""
-- {"expired", version} | {"notYours", version} | {"lost", version}: somebody else has the places
-- {"changed", version}: the hold has other places since; a newer token says which

local expiry = now + tonumber(ARGV[4])
local isTokenLate = tonumber(ARGV[6]) <= now

if not isValid then
    if isTokenLate then return {'expired', ''} end
    return {'tokenAlone', '', ''}
end

-- Sabotaged: whoever has a token that is not late may book.
if not GUARD and not isTokenLate then return {'redeemed', version, expiry} end

local hold = loadHold(ARGV[2])
if hold and hold.buyer ~= ARGV[3] then return {'notYours', version} end

if hold and hold.generation == generation then
    if hold.fence ~= ARGV[8] then return {'changed', version} end
    local state = stateOf(hold)
    if state == 'redeemed' then return {'again', version} end
    if state == 'lost' then return {'lost', version} end
    if state ~= 'active' then
        if redis.call('ZSCORE', DEADLINES, hold.id) then reclaim(hold.id) end
        return {'expired', publish()}
    end
    for _, place in ipairs(numbers(hold.places)) do
        if redis.call('HGET', OWNERS, place) ~= hold.id then return {'lost', version} end
    end
    for _, place in ipairs(numbers(hold.places)) do setLetter(place, 'c') end
    redis.call('HSET', holdKey(hold.id), 'state', 'redeemed', 'until', expiry)
    redis.call('PEXPIREAT', holdKey(hold.id), expiry + KEEP_MS)
    redis.call('ZADD', DEADLINES, expiry, hold.id)
    trail('redeemed', hold.id, hold.buyer, hold.places, nil, string.format('%.0f', expiry))
    return {'redeemed', publish(), expiry}
end

if ARGV[5] == generation or isTokenLate then return {'expired', version} end

local isFree = true
for _, place in ipairs(numbers(ARGV[7])) do
    if letterNow(place) ~= 'f' then isFree = false end
end
if not isFree then return {'lost', publish()} end
writeHold({
    id = ARGV[2], buyer = ARGV[3], state = 'redeemed', deadline = ARGV[6], expiry = expiry,
    fence = ARGV[8], places = ARGV[7], areas = '', lines = '', key = '',
}, 'c')
trail('redeemed', ARGV[2], ARGV[3], ARGV[7], 'by_token_alone', string.format('%.0f', expiry))
return {'tokenAlone', publish(), string.format('%.0f', expiry)}
