-- What a refund is for, so that whoever is told of it knows.
ALTER TABLE refunds
    ADD COLUMN event_title text NOT NULL DEFAULT '',
    ADD COLUMN places text[] NOT NULL DEFAULT '{}';
