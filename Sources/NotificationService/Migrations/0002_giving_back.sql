-- Who runs an event, from the event feed: organisers send tickets once more.
CREATE TABLE organisers (
    event_id uuid PRIMARY KEY,
    organiser_id uuid NOT NULL
);

CREATE INDEX tickets_by_booking ON tickets (booking_id);
CREATE INDEX mails_of_booking ON mails (booking_id, created_at) WHERE booking_id IS NOT NULL;

-- What writes with an `Idempotency-Key` were answered, for a day (P5).
CREATE TABLE idempotency (
    user_id uuid NOT NULL,
    -- `usher.notification.v1.NotificationService/ResendTickets`
    method text NOT NULL,
    key text NOT NULL,
    -- SHA-256 of the request.
    fingerprint bytea NOT NULL,
    -- 0, or the code of a refusal.
    status integer NOT NULL,
    -- The response, or the refusal's google.rpc.Status.
    answer bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, method, key)
);

CREATE INDEX idempotency_age ON idempotency (recorded_at);
