-- How the owner of a token and the maker of a link had logged in. Whoever logs in here is in the groups that
-- the table of users says, at any time; of others only what was proven then is known.
ALTER TABLE tokens ADD COLUMN method TEXT;
ALTER TABLE shares ADD COLUMN method TEXT;
UPDATE tokens SET method = 'local' WHERE owner IN (SELECT name FROM users WHERE password IS NOT NULL);
UPDATE shares SET method = 'local' WHERE maker IN (SELECT name FROM users WHERE password IS NOT NULL);
