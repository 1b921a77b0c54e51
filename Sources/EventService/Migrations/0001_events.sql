-- Seating plans, events, and the feed that tells others of them. Who holds which seat is in
-- Redis (SeatState/); who has bought it is in the booking database.

CREATE TABLE plans (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    -- The JSON document as it is exported, and the same as pretix takes it.
    document bytea NOT NULL,
    plain_document bytea NOT NULL,
    seat_count integer NOT NULL,
    area_place_count integer NOT NULL,
    created_at timestamptz NOT NULL
);

-- The documents are large and were compressed by nobody: leave them where parts can be read
-- without the rest.
ALTER TABLE plans ALTER COLUMN document SET STORAGE EXTERNAL;
ALTER TABLE plans ALTER COLUMN plain_document SET STORAGE EXTERNAL;

CREATE TABLE plan_uploads (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    size_bytes integer NOT NULL CHECK (size_bytes BETWEEN 1 AND 33554432),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    created_at timestamptz NOT NULL,
    plan_id uuid REFERENCES plans
);

CREATE TABLE plan_upload_parts (
    upload_id uuid NOT NULL REFERENCES plan_uploads ON DELETE CASCADE,
    part_offset integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (upload_id, part_offset)
);

CREATE TABLE events (
    id uuid PRIMARY KEY,
    organiser_id uuid NOT NULL,
    plan_id uuid NOT NULL REFERENCES plans,
    state text NOT NULL CHECK (state IN ('draft', 'on_sale', 'paused', 'cancelled')),
    starts_at timestamptz NOT NULL,
    -- Everything else: a serialized usher.event.v1.Event. Its state is the column's.
    details bytea NOT NULL
);

CREATE INDEX events_listed ON events (starts_at, id) WHERE state <> 'draft';
CREATE INDEX events_of_plan ON events (plan_id);

-- One number for each time that an event's seat state is built anew.
CREATE SEQUENCE seat_generations;

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

-- How far the feeds of others have been read.
CREATE TABLE feed_cursor (
    feed text PRIMARY KEY,
    position bigint NOT NULL
);
