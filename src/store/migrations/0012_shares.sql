-- Links that show one report to whoever has them. Of the link only the SHA-256 is here.
CREATE TABLE shares (
    id         TEXT   NOT NULL PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    maker      TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    role       TEXT,
    report     TEXT   NOT NULL,
    parameters TEXT   NOT NULL,
    open       TEXT   NOT NULL,
    files      BIGINT NOT NULL,
    uses       BIGINT NOT NULL,
    most_uses  BIGINT,
    created_at TEXT   NOT NULL,
    expires_at TEXT   NOT NULL,
    used_at    TEXT,
    revoked_at TEXT
);

CREATE INDEX shares_by_maker ON shares (maker);
