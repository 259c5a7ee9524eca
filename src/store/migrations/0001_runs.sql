-- Instants are RFC 3339 text in UTC with milliseconds (2026-01-05T08:00:00.000Z): all of one length,
-- so comparing text compares instants, and an operator can read them in any SQL shell.

CREATE TABLE runs (
    id                 TEXT   NOT NULL PRIMARY KEY,
    report             TEXT   NOT NULL,
    schedule           TEXT   NOT NULL,
    scheduled_at       TEXT   NOT NULL,
    -- NULL for dry runs: they send nothing, so they must not stand in the way of the real one.
    attempt            BIGINT,
    trigger_kind       TEXT   NOT NULL,
    state              TEXT   NOT NULL,
    stage              TEXT,
    instance           TEXT   NOT NULL,
    lease_until        TEXT,
    definition_version TEXT   NOT NULL,
    started_at         TEXT   NOT NULL,
    finished_at        TEXT,
    error_kind         TEXT,
    error              TEXT,
    warnings           TEXT   NOT NULL,
    UNIQUE (report, schedule, scheduled_at, attempt)
);

CREATE INDEX runs_by_report ON runs (report, schedule, id);
CREATE INDEX runs_by_state ON runs (state, id);

CREATE TABLE deliveries (
    id          TEXT   NOT NULL PRIMARY KEY,
    run         TEXT   NOT NULL REFERENCES runs (id),
    channel     TEXT   NOT NULL,
    recipient   TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    message_id  TEXT,
    answer      TEXT,
    error       TEXT,
    created_at  TEXT   NOT NULL,
    updated_at  TEXT   NOT NULL,
    UNIQUE (run, channel, recipient)
);

CREATE TABLE artefacts (
    id          TEXT   NOT NULL PRIMARY KEY,
    run         TEXT   NOT NULL REFERENCES runs (id),
    kind        TEXT   NOT NULL,
    file_name   TEXT   NOT NULL,
    media_type  TEXT   NOT NULL,
    bytes       BIGINT NOT NULL,
    sha256      TEXT   NOT NULL,
    path        TEXT   NOT NULL,
    created_at  TEXT   NOT NULL,
    deleted_at  TEXT,
    UNIQUE (run, file_name)
);

CREATE INDEX artefacts_by_age ON artefacts (deleted_at, created_at);

-- Up to which instant a schedule was looked at, so that a downtime is caught up once.
CREATE TABLE schedules (
    report           TEXT NOT NULL,
    schedule         TEXT NOT NULL,
    rule             TEXT NOT NULL,
    considered_until TEXT NOT NULL,
    PRIMARY KEY (report, schedule)
);
