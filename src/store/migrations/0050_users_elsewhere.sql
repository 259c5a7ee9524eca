-- Whoever logs in elsewhere, at a provider or a proxy, and has no password here. Others of the same name who come from
-- there are somebody else. Of those who were there before, whoever has logged in without a password came from elsewhere.
ALTER TABLE users ADD COLUMN elsewhere BIGINT NOT NULL DEFAULT 0;
UPDATE users SET elsewhere = 1 WHERE password IS NULL AND last_login_at IS NOT NULL;
