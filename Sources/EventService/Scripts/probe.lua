-- What is there; changes nothing.
--
-- {"present", run id, generation, version, feed, started ms, plan version, places, free}
-- {"missing", run id, generation of a state that is not valid, or ""}

if not isValid then return {'missing', runID, generation or ''} end
local rest = redis.call('HMGET', META, 'started', 'plan', 'places', 'free')
return {'present', runID, generation, version, feed, rest[1], rest[2], rest[3], rest[4]}
