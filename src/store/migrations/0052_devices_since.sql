-- Browsers in which somebody logged in before this instant are not known any more.
ALTER TABLE users ADD COLUMN devices_since TEXT;
