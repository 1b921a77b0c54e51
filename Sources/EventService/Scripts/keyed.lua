-- The hold that an idempotency key has made, as it is now; changes nothing.
--
-- ARGV[2]  buyer
-- ARGV[3]  idempotency key of the buyer
-- ARGV[4]  fingerprint of the request under that key
--
-- {"replayed", version, generation, hold} | {"none", version} | {"keyReused"}
-- {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local record = redis.call('HMGET', BASE .. 'key:' .. ARGV[2] .. ':' .. ARGV[3], 'hold', 'fingerprint')
if record[1] and record[2] ~= ARGV[4] then return {'keyReused'} end
local hold = record[1] and loadHold(record[1])
if not hold then return {'none', version} end
return {'replayed', version, generation, holdReply(hold)}
