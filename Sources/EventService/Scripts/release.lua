-- Frees the places of an active hold. Releasing what is over, or never was, is no error.
--
-- ARGV[2]  hold id
-- ARGV[3]  buyer
--
-- {"released", version} | {"redeemed", version}: it is with a booking | {"notYours"}
-- {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

local hold = loadHold(ARGV[2])
if not hold then return {'released', version} end
if hold.buyer ~= ARGV[3] then return {'notYours'} end
local state = stateOf(hold)
if state == 'redeemed' then return {'redeemed', version} end
if hold.generation == generation and redis.call('ZSCORE', DEADLINES, hold.id) then
    endHold(hold, state == 'active' and 'released' or 'expired')
end
return {'released', publish()}
