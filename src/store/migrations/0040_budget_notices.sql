-- Who was told in which month that a role had spent so much of its budget: once for each budget and level, which is the share
-- in percent.
CREATE TABLE budget_notices (
    month  TEXT NOT NULL,
    role   TEXT NOT NULL,
    budget TEXT NOT NULL,
    level  TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (month, role, budget, level)
);
