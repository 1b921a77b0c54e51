-- Bookings that are given back, whole or in part, one by one or with their event.

ALTER TABLE events
    -- Set once, with the row lock that keeps bookings and the cancellation apart; never unset.
    ADD COLUMN cancelled_at timestamptz,
    -- When the last of its bookings was given back.
    ADD COLUMN swept_at timestamptz,
    -- The policy for buyers; null = they may not cancel.
    ADD COLUMN cancel_until_seconds bigint,
    ADD COLUMN cancel_fee_permille integer CHECK (cancel_fee_permille BETWEEN 0 AND 1000);

CREATE INDEX events_to_sweep ON events (cancelled_at)
WHERE cancelled_at IS NOT NULL AND swept_at IS NULL;

ALTER TABLE bookings
    ADD COLUMN kind text NOT NULL DEFAULT 'sale'
        CHECK (kind IN ('sale', 'complimentary', 'box_office')),
    -- The organiser who made it; null for a sale.
    ADD COLUMN made_by uuid,
    ADD COLUMN cancelled_at timestamptz,
    ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    ADD COLUMN fee_minor bigint NOT NULL DEFAULT 0 CHECK (fee_minor >= 0),
    -- Nothing gives back more than was paid.
    ADD CHECK (refunded_minor + fee_minor <= total_minor);

CREATE INDEX bookings_of_event ON bookings (event_id, id DESC);

ALTER TABLE booking_places ADD COLUMN cancelled_at timestamptz;

-- Every refund that the feed has told of, once.
CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    booking_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX refunds_of_booking ON refunds (booking_id);
