-- Who waits for places of an event, in the order of `number`; decision 0024. An offer is a hold in
-- the seat state, made under the id that stands here first: whichever of the two is lost, the other
-- says what has to be done.
CREATE TABLE waiting_entries (
    id uuid PRIMARY KEY,
    -- The order of the list.
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    event_id uuid NOT NULL REFERENCES events,
    buyer_id uuid NOT NULL,
    -- waiting → offering → offered → accepted, expired, declined; offering → waiting where the
    -- places were gone; waiting → left; any of the first three → ended, with the list.
    state text NOT NULL CHECK (state IN
        ('waiting', 'offering', 'offered', 'accepted', 'expired', 'declined', 'left', 'ended')),
    -- The wish: a category of the plan, empty = any; so many places, side by side or not; or
    -- wheelchair places with companions' seats.
    category text NOT NULL,
    quantity integer NOT NULL CHECK (quantity >= 0),
    together boolean NOT NULL,
    wheelchairs integer NOT NULL CHECK (wheelchairs >= 0),
    companions integer NOT NULL CHECK (companions BETWEEN 0 AND wheelchairs),
    joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The offer: its hold, its places, how long it lives.
    offer_hold uuid,
    offer_places integer[],
    offer_until timestamptz,
    ended_at timestamptz,
    CHECK ((quantity > 0) <> (wheelchairs > 0)),
    CHECK ((state IN ('offering', 'offered')) <= (offer_hold IS NOT NULL))
);

-- Joining twice is joining once.
CREATE UNIQUE INDEX waiting_entries_open ON waiting_entries (event_id, buyer_id)
WHERE state IN ('waiting', 'offering', 'offered');

CREATE INDEX waiting_entries_waiting ON waiting_entries (event_id, number)
WHERE state = 'waiting';
CREATE INDEX waiting_entries_offers ON waiting_entries (event_id)
WHERE state IN ('offering', 'offered');
CREATE UNIQUE INDEX waiting_entries_of_hold ON waiting_entries (offer_hold);
CREATE INDEX waiting_entries_of_buyer ON waiting_entries (event_id, buyer_id, number DESC);
