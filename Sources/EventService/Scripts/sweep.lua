-- Frees the places of holds and redemptions whose time is over.
--
-- ARGV[2]  how many at most
--
-- {"swept", version, how many, 1 if the limit was reached} | {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local limit = tonumber(ARGV[2])
local count = reclaimSome(limit)
return {'swept', publish(), count, count == limit and 1 or 0}
