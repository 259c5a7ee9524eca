-- What was sent is searched by what became of it, newest first.
CREATE INDEX deliveries_by_outcome ON deliveries (state, id);

-- The attempt that sent everybody anew and that this one carries on; NULL where that is the first of the instant. Mail
-- of all that carry on the same attempt has its Message-ID.
ALTER TABLE runs ADD COLUMN origin TEXT;

-- What a copy of a burst is about, of the files that are looked for by it.
ALTER TABLE artefacts ADD COLUMN about TEXT NOT NULL DEFAULT '';
