-- Puts a state in place whole: the first, or one rebuilt from claims. Holds of the generation
-- before are lost.
--
-- ARGV[1]  the generation that is to be replaced, valid or not; "" = there is none
-- ARGV[2]  the new generation, whose last 8 letters are those of this Redis' run id
-- ARGV[3]  the letters
-- ARGV[4]  feed position that they include
-- ARGV[5]  plan version
-- ARGV[6]  "1" where somebody is on the waiting list: what is free is kept until it has been looked at
--
-- {"installed", version} | {"beaten", generation that is there now}
-- {"older", feed position that is there} | {"foreign", run id}: made for another Redis process

if string.sub(ARGV[2], -8) ~= runID then return {'foreign', runID} end
if (generation or '') ~= ARGV[1] then return {'beaten', generation or ''} end
if isValid and tonumber(ARGV[4]) < feed then return {'older', feed} end

redis.call('UNLINK', OWNERS, DEADLINES, LOG, KEPT)
local _, free = string.gsub(ARGV[3], 'f', '')
redis.call('SET', STATE, ARGV[3])
redis.call('DEL', META)
redis.call('HSET', META, 'generation', ARGV[2], 'version', 1, 'fence', 0, 'feed', ARGV[4],
    'started', now, 'plan', ARGV[5], 'places', #ARGV[3], 'free', free)
redis.call('PUBLISH', CHANNEL, ARGV[2] .. ' 0 1 ' .. now .. ' *')
if ARGV[6] == '1' then redis.call('HSET', META, 'list', 1, 'keptAll', 1) end
-- What was not moved yet of the records of before may be gone.
trail('state_rebuilt', '-', '-', '*')
return {'installed', 1}
