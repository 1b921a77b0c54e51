-- Bookings, the claims that make a place somebody's, and the feeds they come from and go to.

-- What this service must know of an event, from the event feed. A booking takes its row
-- FOR SHARE, a cancellation FOR UPDATE, so that neither misses the other.
CREATE TABLE events (
    id uuid PRIMARY KEY,
    organiser_id uuid NOT NULL,
    on_sale boolean NOT NULL,
    plan_version integer NOT NULL,
    title text NOT NULL,
    venue text NOT NULL,
    starts_at timestamptz NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    pay_seconds integer NOT NULL CHECK (pay_seconds > 0),
    sale_closes_at timestamptz NOT NULL
);

CREATE TABLE bookings (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES events,
    buyer_id uuid NOT NULL,
    -- A hold makes one booking, however often it is sent.
    hold_id uuid NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'expired', 'cancelled')),
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    currency text NOT NULL,
    pay_by timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    payment_id uuid,
    -- As they were when the booking was made.
    event_title text NOT NULL,
    venue text NOT NULL,
    starts_at timestamptz NOT NULL,
    time_zone text NOT NULL
);

CREATE INDEX bookings_of_buyer ON bookings (buyer_id, id DESC);
CREATE INDEX bookings_to_expire ON bookings (pay_by) WHERE state = 'pending';

CREATE TABLE booking_places (
    booking_id uuid NOT NULL REFERENCES bookings,
    place integer NOT NULL CHECK (place >= 0),
    seat_guid text NOT NULL,
    area_id text NOT NULL,
    label text NOT NULL,
    category text NOT NULL,
    price_type text NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (booking_id, place)
);

-- Every lasting state of a place that is not free. Places of general-admission areas have
-- indexes like seats, so that one index keeps seats single and areas within their capacity.
CREATE TABLE claims (
    event_id uuid NOT NULL,
    place integer NOT NULL CHECK (place >= 0),
    booking_id uuid NOT NULL REFERENCES bookings,
    claimed_at timestamptz NOT NULL,
    released_at timestamptz
);

-- Promise P1.
CREATE UNIQUE INDEX claims_active ON claims (event_id, place) WHERE released_at IS NULL;
CREATE INDEX claims_of_booking ON claims (booking_id) WHERE released_at IS NULL;

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
