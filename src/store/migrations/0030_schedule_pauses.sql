-- Schedules that somebody has paused. A pause that is over stays until the next one or the resumption.
CREATE TABLE schedule_pauses (
    report     TEXT NOT NULL,
    schedule   TEXT NOT NULL,
    paused_by  TEXT NOT NULL,
    reason     TEXT NOT NULL,
    since      TEXT NOT NULL,
    -- NULL: until somebody resumes it.
    ends_at    TEXT,
    PRIMARY KEY (report, schedule)
);
