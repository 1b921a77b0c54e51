-- A hold as it is now; changes nothing.
--
-- ARGV[2]  hold id
-- ARGV[3]  buyer
--
-- {"hold", version, generation, hold} | {"missing", version, ms when this generation started} | {"notYours"}
-- {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local hold = loadHold(ARGV[2])
if not hold then return {'missing', version, redis.call('HGET', META, 'started')} end
if hold.buyer ~= ARGV[3] then return {'notYours'} end
return {'hold', version, generation, holdReply(hold)}
