-- The audit log: a chain. `hash` is taken over the hash before and every other column, so a row that
-- is changed, taken out or put elsewhere no longer fits. Nothing is NULL: what is absent is empty.
CREATE TABLE audit_events (
    seq         BIGINT NOT NULL PRIMARY KEY,
    at          TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    method      TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    action      TEXT   NOT NULL,
    object_kind TEXT   NOT NULL,
    object_id   TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    request     TEXT   NOT NULL,
    details     TEXT   NOT NULL,
    hash        TEXT   NOT NULL
);

CREATE INDEX audit_events_by_actor ON audit_events (actor, seq);
CREATE INDEX audit_events_by_action ON audit_events (action, seq);
CREATE INDEX audit_events_by_object ON audit_events (object_kind, object_id, seq);

-- How many events there ever were, and the hash of the last: what is cut off at the end is missed.
CREATE TABLE audit_head (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);

INSERT INTO audit_head (id, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- What retention removed: everything up to `seq`, whose hash was `hash`. An event of the chain says
-- the same, so a row made here by hand does not pass.
CREATE TABLE audit_anchors (
    seq     BIGINT NOT NULL PRIMARY KEY,
    hash    TEXT   NOT NULL,
    removed BIGINT NOT NULL,
    at      TEXT   NOT NULL
);
