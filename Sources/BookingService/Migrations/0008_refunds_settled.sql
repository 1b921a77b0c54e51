-- What payment has told of a refund, for the timeline. By this database's clock; refunds that went back
-- before there were these columns stay without a word.
ALTER TABLE refunds
    -- When it was told that the provider refuses it, the first time, and the provider's code.
    ADD COLUMN owed_at timestamptz,
    ADD COLUMN owed_code text NOT NULL DEFAULT '',
    -- When it was told that the money has gone back.
    ADD COLUMN settled_at timestamptz;
