-- Gives a hold more time. Asked for again with the deadline of before, it does nothing more.
--
-- ARGV[2]  hold id
-- ARGV[3]  buyer
-- ARGV[4]  deadline that the buyer knows, ms
-- ARGV[5]  ms to add
-- ARGV[6]  ms that may be added in all
--
-- {"extended", version, generation, hold}: as it is now
-- {"limit", version}: nothing may be added any more
-- {"ended", version, state | "missing", ms when this generation started}
-- {"notYours"} | {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local hold = loadHold(ARGV[2])
if hold and hold.buyer ~= ARGV[3] then return {'notYours'} end
if not hold or stateOf(hold) ~= 'active' then
    local started = redis.call('HGET', META, 'started')
    return {'ended', version, hold and stateOf(hold) or 'missing', started}
end
if tonumber(hold.deadline) ~= tonumber(ARGV[4]) then
    return {'extended', version, generation, holdReply(hold)}
end

local extended = tonumber(redis.call('HGET', holdKey(hold.id), 'extended') or 0)
local step = math.min(tonumber(ARGV[5]), tonumber(ARGV[6]) - extended)
if step <= 0 then return {'limit', version} end
local deadline = hold.deadline + step
redis.call('HSET', holdKey(hold.id), 'deadline', deadline, 'until', deadline,
    'extended', extended + step)
redis.call('PEXPIREAT', holdKey(hold.id), deadline + KEEP_MS)
redis.call('PEXPIREAT', buyerKey(hold.buyer), deadline + KEEP_MS)
redis.call('ZADD', DEADLINES, deadline, hold.id)
trail('extended', hold.id, hold.buyer, hold.places, nil, deadline, hold.deadline)
return {'extended', version, generation, holdReply(loadHold(hold.id))}
