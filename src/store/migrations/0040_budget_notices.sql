-- Who was told in which month that a role had spent so much of its budget: once for each budget, level and address. `told_at` is
-- empty until the mail was taken; whoever tells has until `telling_until`.
CREATE TABLE budget_notices (
    month         TEXT NOT NULL,
    role          TEXT NOT NULL,
    budget        TEXT NOT NULL,
    level         TEXT NOT NULL,
    recipient     TEXT NOT NULL,
    telling_until TEXT NOT NULL,
    told_at       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (month, role, budget, level, recipient)
);
