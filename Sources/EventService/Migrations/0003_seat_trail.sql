-- Why did I lose B12? What has happened to places in the seat state, moved here from Redis. It is
-- kept for a while (usher.event.trail.days); bookings and what follows them are in the booking
-- database.
CREATE TABLE seat_trail (
    event_id uuid NOT NULL,
    -- -1 = all places: the seat state was put in place.
    place integer NOT NULL CHECK (place >= -1),
    -- Id of the record in Redis: Unix milliseconds by its clock, and a number within them. A record
    -- that is moved twice is one.
    ms bigint NOT NULL,
    seq integer NOT NULL,
    -- held, changed, extended, released, expired, lost, refused, redeemed, offered, state_rebuilt
    what text NOT NULL,
    hold_id uuid,
    -- Whose hold it is or would have been.
    buyer_id uuid,
    -- Stable code; empty where there is none.
    reason text NOT NULL,
    deadline timestamptz,
    deadline_before timestamptz,
    PRIMARY KEY (event_id, place, ms, seq)
);

CREATE INDEX seat_trail_age ON seat_trail (ms);
