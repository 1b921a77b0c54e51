-- Whether places that come back are kept for the waiting list (decision 0024).
--
-- ARGV[2]  "read"; "on": somebody waits; "off": nobody does, as of the mark ARGV[3]; "letGo": of
--          what is kept, those that came back up to version ARGV[3] are anybody's
-- ARGV[3]  see there
--
-- {"waiting", version, generation, mark, 1 if all free places are kept, {place, …}}: as it is now. The
--     mark is "" while nothing is kept; another one each time that "on" is said
-- {"rebuilding", generation}

local refused = refusal()
if refused then return refused end

if ARGV[2] == 'on' then
    list = tostring(redis.call('HINCRBY', META, 'list', 1))
elseif ARGV[2] == 'off' and list == ARGV[3] then
    redis.call('HDEL', META, 'list', 'keptAll')
    redis.call('DEL', KEPT)
    list, keptAll = false, false
elseif ARGV[2] == 'letGo' then
    redis.call('ZREMRANGEBYSCORE', KEPT, '-inf', ARGV[3])
    if keptAll and tonumber(keptAll) <= tonumber(ARGV[3]) then
        redis.call('HDEL', META, 'keptAll')
        keptAll = false
    end
end
return {
    'waiting', version, generation, list or '', keptAll and 1 or 0,
    redis.call('ZRANGE', KEPT, 0, -1),
}
