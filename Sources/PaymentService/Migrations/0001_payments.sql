-- Attempts to pay, and the feeds they come from and go to.

CREATE TABLE payments (
    id uuid PRIMARY KEY,
    booking_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    state text NOT NULL CHECK (
        state IN ('open', 'captured', 'declined', 'refunding', 'refunded', 'refund_owed')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    provider_reference text NOT NULL DEFAULT '',
    decline_code text NOT NULL DEFAULT '',
    refund_reason text NOT NULL DEFAULT '',
    refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    -- When the provider is asked next about an open attempt or a refund.
    ask_at timestamptz NOT NULL
);

-- One open attempt per booking, and none beside one that has succeeded.
CREATE UNIQUE INDEX payments_open ON payments (booking_id) WHERE state IN ('open', 'captured');
CREATE INDEX payments_of_booking ON payments (booking_id, id);
CREATE INDEX payments_to_ask ON payments (ask_at)
    WHERE state IN ('open', 'refunding', 'refund_owed');

CREATE TABLE feed_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    position bigint NOT NULL
);

INSERT INTO feed_head (position) VALUES (0);

CREATE TABLE feed (
    position bigint PRIMARY KEY,
    key text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    fact bytea NOT NULL
);

CREATE TABLE feed_cursor (
    feed text PRIMARY KEY,
    position bigint NOT NULL
);

CREATE TABLE feed_parked (
    feed text NOT NULL,
    position bigint NOT NULL,
    key text NOT NULL,
    entry bytea NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (feed, position)
);

CREATE INDEX feed_parked_keys ON feed_parked (feed, key);
