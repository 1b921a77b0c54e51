-- Tickets, mails, and how far the feeds have come.

-- Who is who, from the auth feed.
CREATE TABLE contacts (
    user_id uuid PRIMARY KEY,
    email text NOT NULL,
    display_name text NOT NULL
);

CREATE TABLE tickets (
    id uuid PRIMARY KEY,
    booking_id uuid NOT NULL,
    event_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('valid', 'void')),
    place integer NOT NULL,
    label text NOT NULL,
    category text NOT NULL,
    price_type text NOT NULL,
    price_minor bigint NOT NULL,
    currency text NOT NULL,
    event_title text NOT NULL,
    venue text NOT NULL,
    starts_at timestamptz NOT NULL,
    time_zone text NOT NULL,
    issued_at timestamptz NOT NULL,
    -- What the QR code says.
    secret text NOT NULL UNIQUE
);

-- Each place of a confirmed booking has exactly one valid ticket, and so has each place of an
-- event (P4).
CREATE UNIQUE INDEX tickets_of_booking ON tickets (booking_id, place) WHERE state = 'valid';
CREATE UNIQUE INDEX tickets_of_place ON tickets (event_id, place) WHERE state = 'valid';

-- Mails are made in the transaction of the fact that they tell of and written out later.
CREATE TABLE mails (
    -- Made from the fact; the Message-ID, so that a mail that goes out twice is one mail.
    id text PRIMARY KEY,
    user_id uuid NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    -- The tickets of this booking are attached.
    booking_id uuid,
    created_at timestamptz NOT NULL,
    written_at timestamptz
);

CREATE INDEX mails_to_write ON mails (created_at) WHERE written_at IS NULL;

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
