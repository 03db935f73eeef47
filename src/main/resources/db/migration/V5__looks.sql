-- What gates measured: one row for each look at a metric, for the verdict and for judging again.
CREATE TABLE gate_look (
  run_id BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  step VARCHAR(200) NOT NULL,
  metric VARCHAR(200) NOT NULL,
  -- counted from 1
  look INT NOT NULL,
  -- the moment that was asked for
  at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  -- readings, as JSON
  canary VARCHAR NOT NULL,
  other VARCHAR,
  -- of everybody; null: not counted by this metric
  requests DOUBLE PRECISION,
  PRIMARY KEY (run_id, step, metric, look)
);
