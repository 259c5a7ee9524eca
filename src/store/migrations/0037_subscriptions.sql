-- Reports that people have sent to themselves. `id` is what runs call the schedule. `person` is who they were when they
-- last logged in (JSON): their name, groups and claims; `wish` is what they want and when (JSON). One that has ended
-- stays, so that its runs can be told from others.
CREATE TABLE subscriptions (
    id          TEXT NOT NULL PRIMARY KEY,
    report      TEXT NOT NULL,
    subscriber  TEXT NOT NULL,
    person      TEXT NOT NULL,
    login       TEXT NOT NULL,
    known_at    TEXT NOT NULL,
    wish        TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    changed_at  TEXT NOT NULL,
    ended_at    TEXT,
    ended_by    TEXT
);
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber, ended_at);

-- Addresses, in lower case, that want no more mail of a schedule.
CREATE TABLE unsubscribed (
    report      TEXT NOT NULL,
    schedule    TEXT NOT NULL,
    address     TEXT NOT NULL,
    since       TEXT NOT NULL,
    PRIMARY KEY (report, schedule, address)
);

-- What was sent to somebody is looked for by their address.
CREATE INDEX deliveries_by_recipient ON deliveries (LOWER(recipient), id);

-- When recipients were told that a report is late.
ALTER TABLE runs ADD COLUMN delay_told_at TEXT;
