-- Whether the owner of a failed run was told. NULL: not yet, or there is nothing to tell. A telling that
-- nobody finished is taken up again after its lease; the mail then has the same Message-ID.
ALTER TABLE runs ADD COLUMN told_at TEXT;
ALTER TABLE runs ADD COLUMN telling_until TEXT;
-- What failed before there were notices is known by now.
UPDATE runs SET told_at = started_at;
