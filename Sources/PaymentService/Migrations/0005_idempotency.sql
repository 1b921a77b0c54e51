-- What writes with an `Idempotency-Key` were answered, for a day (P5).
CREATE TABLE idempotency (
    user_id uuid NOT NULL,
    -- `usher.payment.v1.PaymentService/CreatePayment`
    method text NOT NULL,
    key text NOT NULL,
    -- SHA-256 of the request.
    fingerprint bytea NOT NULL,
    -- 0, or the code of a refusal.
    status integer NOT NULL,
    -- The response as it was when the attempt was opened, or the refusal's google.rpc.Status.
    answer bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, method, key)
);

CREATE INDEX idempotency_age ON idempotency (recorded_at);
