-- The live holds of a buyer; changes nothing.
--
-- ARGV[2]  buyer
--
-- {"holds", version, {hold, …}} | {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local holds = {}
for _, id in ipairs(redis.call('SMEMBERS', buyerKey(ARGV[2]))) do
    local hold = loadHold(id)
    if hold and hold.generation == generation and not isLate(id) then
        holds[#holds + 1] = holdReply(hold)
    end
end
return {'holds', version, holds}
