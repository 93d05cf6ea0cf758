-- The history is filtered by these; each list is newest first.
CREATE INDEX runs_by_verdict ON runs (verdict, id);
CREATE INDEX runs_by_profile ON runs (profile, id);
CREATE INDEX runs_by_created ON runs (created_at);
-- Holds all that a search for text reads of a run, so that it reads none of the documents beside them.
CREATE INDEX runs_by_words ON runs (host_id, operator, ticket);
