-- What definitions were when they were last looked at, so that whoever first finds them otherwise, of several
-- instances and over restarts, records the change once. A row without an id says that the kind was looked at.
CREATE TABLE audit_known (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
