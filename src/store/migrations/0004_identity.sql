-- Whoever may log in. Without a password they log in elsewhere, and the row says what this server
-- adds: that they are an administrator, or shut out.
CREATE TABLE users (
    name          TEXT   NOT NULL PRIMARY KEY,
    administrator BIGINT NOT NULL,
    password      TEXT,
    groups        TEXT   NOT NULL,
    claims        TEXT   NOT NULL,
    created_at    TEXT   NOT NULL,
    password_at   TEXT,
    last_login_at TEXT,
    disabled_at   TEXT
);

-- Links that let somebody set a password once. Of everything secret only the SHA-256 is here.
CREATE TABLE identity_links (
    hash       TEXT NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_name  TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT
);

CREATE TABLE sessions (
    hash       TEXT NOT NULL PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    user_name  TEXT NOT NULL,
    method     TEXT NOT NULL,
    person     TEXT NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_name);

CREATE TABLE tokens (
    id         TEXT NOT NULL PRIMARY KEY,
    prefix     TEXT NOT NULL,
    hash       TEXT NOT NULL,
    name       TEXT NOT NULL,
    owner      TEXT NOT NULL,
    person     TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    reports    TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT,
    revoked_at TEXT
);

CREATE INDEX tokens_by_prefix ON tokens (prefix);
CREATE INDEX tokens_by_owner ON tokens (owner);
