-- Who people were when they last proved it, so that copies with their rights can be made for them.
ALTER TABLE logins_elsewhere ADD COLUMN person TEXT;
UPDATE logins_elsewhere SET person = (
    SELECT s.person FROM sessions s
    WHERE s.user_name = logins_elsewhere.name AND s.method = logins_elsewhere.method
    ORDER BY s.created_at DESC LIMIT 1
);
