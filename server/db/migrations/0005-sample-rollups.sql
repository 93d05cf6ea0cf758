-- What the samples of a sensor came to in each ten seconds, minute and ten minutes, kept up with every batch:
-- a graph of three days then reads some thousand rows instead of millions of samples.
-- By time before sensor, so that a batch of all sensors touches one page a width and not one a sensor.
CREATE TABLE sample_rollups (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  width_ms INTEGER NOT NULL,
  -- A multiple of the width. The row holds the samples with start_ms <= t_ms < start_ms + width_ms.
  start_ms INTEGER NOT NULL,
  sensor_id INTEGER NOT NULL REFERENCES sensors (id),
  samples INTEGER NOT NULL,
  -- Time of the first of them.
  first_ms INTEGER NOT NULL,
  least REAL NOT NULL,
  greatest REAL NOT NULL,
  -- Their sum, held within 1e308 either way: a sum that overflows would become no number at all.
  total REAL NOT NULL,
  PRIMARY KEY (run_id, width_ms, start_ms, sensor_id)
) STRICT, WITHOUT ROWID;

-- SQLite's % keeps the sign, and a host's clock may stand before 1970.
INSERT INTO sample_rollups
SELECT run_id, 10000, t_ms - ((t_ms % 10000) + 10000) % 10000 AS start_ms, sensor_id,
       count(*), min(t_ms), min(value), max(value), coalesce(max(-1e308, min(1e308, sum(value))), 0)
FROM samples GROUP BY run_id, start_ms, sensor_id;

INSERT INTO sample_rollups
SELECT run_id, 60000, r.start_ms - ((r.start_ms % 60000) + 60000) % 60000 AS start_ms_60, sensor_id,
       sum(samples), min(first_ms), min(least), max(greatest), coalesce(max(-1e308, min(1e308, sum(total))), 0)
FROM sample_rollups AS r WHERE width_ms = 10000 GROUP BY run_id, start_ms_60, sensor_id;

INSERT INTO sample_rollups
SELECT run_id, 600000, r.start_ms - ((r.start_ms % 600000) + 600000) % 600000 AS start_ms_600, sensor_id,
       sum(samples), min(first_ms), min(least), max(greatest), coalesce(max(-1e308, min(1e308, sum(total))), 0)
FROM sample_rollups AS r WHERE width_ms = 60000 GROUP BY run_id, start_ms_600, sensor_id;
