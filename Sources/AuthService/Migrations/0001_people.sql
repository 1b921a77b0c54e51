-- People, their sessions, and the feed that tells others of them.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (octet_length(email) <= 254),
    -- Lower case; what makes an address unique.
    email_key text NOT NULL UNIQUE,
    display_name text NOT NULL,
    -- PHC string format of scrypt.
    password_hash text NOT NULL,
    roles text[] NOT NULL CHECK (cardinality(roles) > 0),
    created_at timestamptz NOT NULL,
    email_verified_at timestamptz
);

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);

CREATE INDEX sessions_of_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token: whoever reads this table cannot log in with it.
    hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

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
