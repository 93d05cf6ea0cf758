-- Times are milliseconds since 1970 unless the column says otherwise; booleans are 0 and 1;
-- documents (parameters, thresholds, outcomes …) are JSON. Every table is STRICT.

CREATE TABLE hosts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  uuid TEXT,
  serial TEXT,
  vendor TEXT,
  product TEXT,
  os TEXT,
  reporter_version TEXT,
  reporter_token_hash TEXT,
  secure_boot TEXT,
  netboot_method TEXT,
  netboot_note TEXT,
  spec TEXT,
  notes TEXT NOT NULL,
  reporter_seen_at INTEGER,
  reporter_boot_id TEXT,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX hosts_by_token ON hosts (reporter_token_hash)
  WHERE reporter_token_hash IS NOT NULL;

-- A MAC address names one host: it is how hosts are matched.
CREATE TABLE host_macs (
  mac TEXT PRIMARY KEY,
  host_id INTEGER NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX host_macs_by_host ON host_macs (host_id, position);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host_id INTEGER NOT NULL REFERENCES hosts (id),
  profile TEXT NOT NULL,
  non_destructive INTEGER NOT NULL CHECK (non_destructive IN (0, 1)),
  state TEXT NOT NULL,
  failed_stage TEXT,
  reason TEXT,
  resume_stage TEXT,
  verdict TEXT,
  start TEXT NOT NULL,
  after_pass TEXT NOT NULL,
  operator TEXT,
  ticket TEXT,
  -- Copied from the configuration when the run was created.
  params TEXT NOT NULL CHECK (json_valid(params)),
  thresholds TEXT NOT NULL CHECK (json_valid(thresholds)),
  spec TEXT CHECK (spec IS NULL OR json_valid(spec)),
  console_version TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  state_since INTEGER NOT NULL,
  commanded_boot_id TEXT,
  agent_boot_id TEXT,
  run_token_hash TEXT,
  agent_version TEXT,
  catalogue TEXT CHECK (catalogue IS NULL OR json_valid(catalogue)),
  last_sign_at INTEGER,
  dropped_samples INTEGER NOT NULL,
  warnings TEXT NOT NULL CHECK (json_valid(warnings)),
  override_pending INTEGER NOT NULL CHECK (override_pending IN (0, 1)),
  collect_reset_evidence INTEGER NOT NULL CHECK (collect_reset_evidence IN (0, 1)),
  cancel_acknowledged INTEGER NOT NULL CHECK (cancel_acknowledged IN (0, 1)),
  obeyed_at INTEGER,
  -- Tells a host that posted an empty firmware snapshot from one that posted none.
  firmware_posted INTEGER NOT NULL DEFAULT 0 CHECK (firmware_posted IN (0, 1))
) STRICT;
-- At most one run occupies a host, whatever the program believes. A hold occupies.
CREATE UNIQUE INDEX runs_occupying ON runs (host_id)
  WHERE state NOT IN ('Passed', 'Failed', 'Cancelled');
CREATE INDEX runs_by_host ON runs (host_id, id);
CREATE INDEX runs_by_state ON runs (state, id);
CREATE UNIQUE INDEX runs_by_token ON runs (run_token_hash) WHERE run_token_hash IS NOT NULL;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  stage TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL,
  result TEXT,
  claimed_result TEXT,
  reason TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT CHECK (outcome IS NULL OR json_valid(outcome)),
  UNIQUE (run_id, stage, attempt)
) STRICT;
CREATE INDEX attempts_by_run ON attempts (run_id, id);
CREATE UNIQUE INDEX attempts_running ON attempts (run_id) WHERE status = 'running';

CREATE TABLE breaches (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  attempt_id INTEGER NOT NULL REFERENCES attempts (id),
  sensor TEXT NOT NULL,
  value REAL NOT NULL,
  "limit" REAL NOT NULL,
  unit TEXT NOT NULL,
  severity TEXT NOT NULL,
  t_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX breaches_by_run ON breaches (run_id);
CREATE INDEX breaches_by_attempt ON breaches (attempt_id);

-- The first answer to every artifact or batch, by its first sequence.
CREATE TABLE answers (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  kind TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  PRIMARY KEY (run_id, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_by_last ON answers (run_id, last);

-- Sensor names are long and few, samples short and many.
CREATE TABLE sensors (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  UNIQUE (name, unit)
) STRICT;

CREATE TABLE samples (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  sequence INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL REFERENCES sensors (id),
  -- Null when the sample's stage was not the one under way.
  attempt_id INTEGER REFERENCES attempts (id),
  stage TEXT NOT NULL,
  t_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  value REAL NOT NULL,
  critical REAL,
  PRIMARY KEY (run_id, sequence)
) STRICT, WITHOUT ROWID;
-- Holds all that a graph reads, so that a graph never touches the table itself.
CREATE INDEX samples_by_sensor ON samples (run_id, sensor_id, t_ms, value);

-- What would be a scan over millions of samples, kept up with every batch.
CREATE TABLE run_sensors (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  sensor_id INTEGER NOT NULL REFERENCES sensors (id),
  samples INTEGER NOT NULL,
  PRIMARY KEY (run_id, sensor_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE attempt_samples (
  attempt_id INTEGER PRIMARY KEY REFERENCES attempts (id),
  newest_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE log_lines (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  sequence INTEGER NOT NULL,
  stage TEXT,
  -- ISO 8601 as the agent wrote it.
  t TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  level TEXT NOT NULL,
  source TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (run_id, sequence)
) STRICT;

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  sequence INTEGER NOT NULL,
  stage TEXT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  truncated INTEGER NOT NULL CHECK (truncated IN (0, 1)),
  received_at INTEGER NOT NULL,
  -- Length of the text in UTF-8, so that a list need not read it.
  bytes INTEGER NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (run_id, sequence)
) STRICT;

CREATE TABLE overrides (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  operator TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX overrides_by_run ON overrides (run_id);

-- One row a component of the host and run.
CREATE TABLE firmware_snapshots (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  component TEXT NOT NULL,
  identifier TEXT NOT NULL,
  aliases TEXT NOT NULL CHECK (json_valid(aliases)),
  vendor TEXT,
  model TEXT,
  version TEXT,
  date TEXT,
  problem TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE inventories (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id),
  stored_at INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document))
) STRICT;

CREATE TABLE boot_tokens (
  hash TEXT PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  mac TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  used_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX boot_tokens_unused ON boot_tokens (run_id)
  WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE TABLE boot_events (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  at INTEGER NOT NULL,
  step TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX boot_events_by_run ON boot_events (run_id);

-- Machines that asked for a boot script and are no host of ours.
CREATE TABLE discovered (
  mac TEXT PRIMARY KEY,
  uuid TEXT,
  platform TEXT,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX discovered_by_last_seen ON discovered (last_seen);
