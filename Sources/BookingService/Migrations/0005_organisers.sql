-- Places that organisers keep back: claims without a booking (P1).
ALTER TABLE claims
    ALTER COLUMN booking_id DROP NOT NULL,
    ADD COLUMN kind text NOT NULL DEFAULT 'booking' CHECK (kind IN ('booking', 'block')),
    -- Who blocked it, who gave it free.
    ADD COLUMN claimed_by uuid,
    ADD COLUMN released_by uuid,
    ADD CHECK ((kind = 'booking') = (booking_id IS NOT NULL));

-- Places have no gaps: 0 … place_count - 1; null until the event feed tells.
ALTER TABLE events ADD COLUMN place_count integer;
