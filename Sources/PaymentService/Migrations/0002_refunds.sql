-- Refunds of their own, the provider's webhooks, and asking with back-off.

ALTER TABLE payments
    -- Times that the provider has been asked about it.
    ADD COLUMN asked integer NOT NULL DEFAULT 0,
    -- When its booking expires, as it was when the attempt was opened.
    ADD COLUMN pay_by timestamptz,
    -- Sum of its refunds, whatever has become of them.
    ADD COLUMN refund_due_minor bigint NOT NULL DEFAULT 0;

CREATE TABLE refunds (
    -- Given by whoever tells that it is due: one refund, however often it is told.
    id text PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 100),
    payment_id uuid NOT NULL REFERENCES payments,
    state text NOT NULL CHECK (state IN ('pending', 'succeeded', 'owed')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    reason text NOT NULL,
    provider_reference text NOT NULL DEFAULT '',
    failure_code text NOT NULL DEFAULT '',
    -- Times that the provider has refused; each asking after that has a key of its own.
    refusals integer NOT NULL DEFAULT 0,
    asked integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    ask_at timestamptz NOT NULL
);

CREATE INDEX refunds_of_payment ON refunds (payment_id, created_at, id);
CREATE INDEX refunds_to_ask ON refunds (ask_at) WHERE state IN ('pending', 'owed');
CREATE INDEX refunds_pending ON refunds (created_at) WHERE state = 'pending';
CREATE INDEX refunds_owed ON refunds (created_at, id) WHERE state = 'owed';

INSERT INTO refunds (id, payment_id, state, amount_minor, reason, created_at, settled_at, ask_at)
SELECT 'rfd_' || replace(id::text, '-', ''), id,
    CASE state WHEN 'refunding' THEN 'pending' WHEN 'refunded' THEN 'succeeded' ELSE 'owed' END,
    amount_minor, refund_reason, created_at, settled_at, ask_at
FROM payments WHERE state IN ('refunding', 'refunded', 'refund_owed');

UPDATE payments SET refund_due_minor = amount_minor
WHERE state IN ('refunding', 'refunded', 'refund_owed');

-- Never more goes back than came in (promise P4).
ALTER TABLE payments
    DROP COLUMN refund_reason,
    ADD CONSTRAINT payments_refunds_within_capture CHECK (
        refunded_minor <= refund_due_minor AND refund_due_minor <= amount_minor),
    ADD CONSTRAINT payments_refunds_of_captures CHECK (
        state NOT IN ('open', 'declined') OR refund_due_minor = 0);

-- The sums follow the refunds, whoever writes them.
CREATE FUNCTION keep_refund_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments SET
        refund_due_minor = refund_due_minor
            + CASE WHEN TG_OP = 'INSERT' THEN NEW.amount_minor ELSE 0 END,
        refunded_minor = refunded_minor
            + CASE WHEN NEW.state = 'succeeded' AND (TG_OP = 'INSERT' OR OLD.state <> 'succeeded')
                THEN NEW.amount_minor ELSE 0 END
    WHERE id = NEW.payment_id;
    RETURN NULL;
END $$;

CREATE TRIGGER refunds_summed AFTER INSERT OR UPDATE OF state ON refunds
    FOR EACH ROW EXECUTE FUNCTION keep_refund_sums();

CREATE FUNCTION refuse_refund_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.payment_id = OLD.payment_id
        AND NEW.amount_minor = OLD.amount_minor
        AND (OLD.state <> 'succeeded' OR NEW.state = 'succeeded')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'refund % is neither changed, undone nor removed', OLD.id
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER refunds_kept BEFORE UPDATE OR DELETE ON refunds
    FOR EACH ROW EXECUTE FUNCTION refuse_refund_change();

-- A payment of which a part has gone back stands in nobody's way.
DROP INDEX payments_open;
CREATE UNIQUE INDEX payments_open ON payments (booking_id)
    WHERE state = 'open' OR (state = 'captured' AND refund_due_minor = 0);
DROP INDEX payments_to_ask;
CREATE INDEX payments_to_ask ON payments (ask_at) WHERE state = 'open';

-- What providers have told: each event takes effect once, however often it is sent.
CREATE TABLE webhook_events (
    provider text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    -- What it is about, as the provider names it.
    subject text NOT NULL,
    -- "applied", "no_change", "unknown" or "contradiction"
    outcome text NOT NULL,
    deliveries integer NOT NULL DEFAULT 1,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (provider, event_id)
);

CREATE INDEX webhook_events_by_age ON webhook_events (received_at);
