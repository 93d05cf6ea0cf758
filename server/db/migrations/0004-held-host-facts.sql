-- What else the agent has done on a held host, as it told: its chassis LED, and why nobody can log in.
ALTER TABLE runs ADD COLUMN hold TEXT CHECK (hold IS NULL OR json_valid(hold));
