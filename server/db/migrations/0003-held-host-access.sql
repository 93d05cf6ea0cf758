-- How to get into the host while its run holds, as its agent told: user, addresses, port, fingerprint.
ALTER TABLE runs ADD COLUMN access TEXT CHECK (access IS NULL OR json_valid(access));
