-- What a run read at its commit, apart from its row: of the kB that this is nothing is needed by what looks through many runs.
CREATE TABLE run_definition (
  run_id BIGINT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  -- JSON
  text VARCHAR NOT NULL
);
INSERT INTO run_definition (run_id, text) SELECT id, definition FROM run WHERE definition IS NOT NULL;
ALTER TABLE run DROP COLUMN definition;
