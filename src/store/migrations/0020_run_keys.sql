-- Which instant a request that starts a run was given, so that the same request sent again finds the same run.
CREATE TABLE run_keys (
    actor        TEXT NOT NULL,
    report       TEXT NOT NULL,
    schedule     TEXT NOT NULL,
    key          TEXT NOT NULL,
    request      TEXT NOT NULL,
    scheduled_at TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    PRIMARY KEY (actor, report, schedule, key)
);
