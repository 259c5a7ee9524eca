-- One recipient may get several copies of a burst, each about something else: `slice` says about what, and is empty
-- for a run that is no burst.
CREATE TABLE deliveries_of_slices (
    id          TEXT   NOT NULL PRIMARY KEY,
    run         TEXT   NOT NULL REFERENCES runs (id),
    channel     TEXT   NOT NULL,
    recipient   TEXT   NOT NULL,
    slice       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    message_id  TEXT,
    answer      TEXT,
    error       TEXT,
    created_at  TEXT   NOT NULL,
    updated_at  TEXT   NOT NULL,
    UNIQUE (run, channel, recipient, slice)
);
INSERT INTO deliveries_of_slices
    (id, run, channel, recipient, slice, state, attempts, message_id, answer, error, created_at, updated_at)
    SELECT id, run, channel, recipient, '', state, attempts, message_id, answer, error, created_at, updated_at
    FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_of_slices RENAME TO deliveries;
CREATE INDEX deliveries_by_state ON deliveries (run, state);

-- How a burst was answered (JSON): how many copies, scans and questions.
ALTER TABLE runs ADD COLUMN burst TEXT;
