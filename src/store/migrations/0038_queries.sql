-- What every question to a source was, for whom, and what it cost. What is absent is empty or 0. `day` is that of `at` in
-- the zone in which months of costs begin; `cost` is in millionths of `currency`; `billed` is 1 once the source's own
-- account has replaced the estimate.
CREATE TABLE queries (
    id          TEXT   NOT NULL PRIMARY KEY,
    at          TEXT   NOT NULL,
    day         TEXT   NOT NULL,
    viewer      TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    purpose     TEXT   NOT NULL,
    report      TEXT   NOT NULL,
    panel       TEXT   NOT NULL,
    schedule    TEXT   NOT NULL,
    run         TEXT   NOT NULL,
    dataset     TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    served      TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    answer_rows BIGINT NOT NULL,
    scanned     BIGINT NOT NULL,
    moved       BIGINT NOT NULL,
    requests    BIGINT NOT NULL,
    busy_micros BIGINT NOT NULL,
    statements  TEXT   NOT NULL,
    cost        BIGINT NOT NULL,
    currency    TEXT   NOT NULL,
    billed      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX queries_by_day ON queries (day, role);
