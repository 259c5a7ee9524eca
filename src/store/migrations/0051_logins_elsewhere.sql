-- When people last proved at a provider or a proxy who they are. What they have made is believed so long and no longer.
CREATE TABLE logins_elsewhere (
    name   TEXT NOT NULL,
    method TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (name, method)
);
INSERT INTO logins_elsewhere (name, method, at)
    SELECT user_name, method, MAX(created_at) FROM sessions WHERE method <> 'local' GROUP BY user_name, method;
