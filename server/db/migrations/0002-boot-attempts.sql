-- A host boots more than once in a run, and also without one: its events belong to one boot each.
CREATE TABLE boot_attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host_id INTEGER NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  run_id INTEGER REFERENCES runs (id),
  started_at INTEGER NOT NULL
) STRICT;
CREATE INDEX boot_attempts_by_host ON boot_attempts (host_id, id);
CREATE INDEX boot_attempts_by_run ON boot_attempts (run_id, id);

INSERT INTO boot_attempts (host_id, run_id, started_at)
SELECT runs.host_id, runs.id, min(boot_events.at)
FROM boot_events JOIN runs ON runs.id = boot_events.run_id
GROUP BY runs.id ORDER BY runs.id;

ALTER TABLE boot_events RENAME TO boot_events_of_runs;
DROP INDEX boot_events_by_run;
CREATE TABLE boot_events (
  id INTEGER PRIMARY KEY,
  attempt_id INTEGER NOT NULL REFERENCES boot_attempts (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  step TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX boot_events_by_attempt ON boot_events (attempt_id, id);

INSERT INTO boot_events (attempt_id, at, step, detail)
SELECT boot_attempts.id, old.at, old.step, old.detail
FROM boot_events_of_runs AS old JOIN boot_attempts ON boot_attempts.run_id = old.run_id
ORDER BY old.id;
DROP TABLE boot_events_of_runs;
