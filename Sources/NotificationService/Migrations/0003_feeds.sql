-- Feeds of others: by what the last entry is known again, so that a feed that was restored or made
-- anew is noticed, and entries that an operator has given up.

ALTER TABLE feed_cursor ADD COLUMN recorded_at timestamptz;

CREATE TABLE feed_discarded (
    feed text NOT NULL,
    position bigint NOT NULL,
    key text NOT NULL,
    entry bytea NOT NULL,
    -- Why it could not be applied.
    fault text NOT NULL,
    parked_at timestamptz NOT NULL,
    -- Why it was given up.
    reason text NOT NULL,
    discarded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (feed, position)
);
