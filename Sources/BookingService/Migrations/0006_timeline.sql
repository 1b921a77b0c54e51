-- Why did I lose B12? What the feed and the claims do not say: who was refused.
CREATE TABLE refusals (
    event_id uuid NOT NULL,
    place integer NOT NULL,
    buyer_id uuid NOT NULL,
    -- Stable code, as the buyer was told.
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX refusals_of_place ON refusals (event_id, place, at);
CREATE INDEX refusals_age ON refusals (at);

CREATE INDEX feed_of_key ON feed (key, position);
CREATE INDEX claims_of_place ON claims (event_id, place);
