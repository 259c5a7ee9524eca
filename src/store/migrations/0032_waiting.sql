-- Runs that wait for their data are rows in the state 'waiting' that no process holds: whichever instance looks
-- first begins them. `waits_until` is their deadline, `waits_for` what was missing at the last look (JSON).
ALTER TABLE runs ADD COLUMN waits_until TEXT;
ALTER TABLE runs ADD COLUMN waits_for TEXT;
ALTER TABLE runs ADD COLUMN looked_at TEXT;
-- Digests of what panels showed, by panel (JSON): whether something has changed since the last run.
ALTER TABLE runs ADD COLUMN shown TEXT;

-- What other programs told, such as the end of a load. The same key again changes nothing.
CREATE TABLE signals (
    name        TEXT NOT NULL,
    signal_key  TEXT NOT NULL,
    received_at TEXT NOT NULL,
    actor       TEXT NOT NULL,
    PRIMARY KEY (name, signal_key)
);
CREATE INDEX signals_by_age ON signals (received_at);
