-- For a part of a question that was asked in another region: how many bytes the tables there have, which copying them would
-- have moved, 0 where that is not known. NULL for what stayed in its region.
ALTER TABLE queries ADD COLUMN whole BIGINT;
