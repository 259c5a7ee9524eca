-- A digest of what the role a run works with may see of its data: the files of the run are for those who
-- may see the same. NULL for runs of before, whose files are for whoever has the machine.
ALTER TABLE runs ADD COLUMN seen TEXT;
