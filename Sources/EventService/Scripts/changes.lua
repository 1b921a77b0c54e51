-- The changes after a version; changes nothing.
--
-- ARGV[2]  version that the caller has
--
-- {"changes", version, {change, …}} | {"gap", version}: a snapshot has to be read
-- {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local missing = version - tonumber(ARGV[2])
if missing == 0 then return {'changes', version, {}} end
if missing < 0 or missing > redis.call('LLEN', LOG) then return {'gap', version} end
return {'changes', version, redis.call('LRANGE', LOG, -missing, -1)}
