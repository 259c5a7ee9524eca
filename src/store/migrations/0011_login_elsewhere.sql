-- What the provider wants to see when somebody logs out there too, sealed with the server's key.
ALTER TABLE sessions ADD COLUMN hint TEXT;
