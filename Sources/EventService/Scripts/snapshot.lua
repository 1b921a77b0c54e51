-- The letters of all places at one version; changes nothing.
--
-- {"snapshot", version, generation, feed, free, letters} | {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local free = redis.call('HGET', META, 'free')
return {'snapshot', version, generation, feed, free, redis.call('GET', STATE)}
