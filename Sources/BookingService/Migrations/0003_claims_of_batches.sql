-- Bookings that are made together: their claims go in first, and those that find their places
-- taken leave before the rest is written.
ALTER TABLE claims ALTER CONSTRAINT claims_booking_id_fkey DEFERRABLE INITIALLY DEFERRED;

-- Places that one buyer may have in bookings of an event; null = no limit.
ALTER TABLE events ADD COLUMN places_per_buyer_max integer;

CREATE INDEX bookings_of_event_and_buyer ON bookings (event_id, buyer_id)
WHERE state IN ('pending', 'confirmed');
