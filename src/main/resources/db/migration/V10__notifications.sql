-- What people are told: one row for each event, run and target, so that each is told once. What it says is made when it is sent.
CREATE TABLE notification (
  run_id BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  -- name in the configuration
  target VARCHAR(100) NOT NULL,
  -- an outcome, or APPROVAL, the gate and the moment it asked
  occasion VARCHAR(400) NOT NULL,
  done BOOLEAN DEFAULT FALSE NOT NULL,
  attempts INT DEFAULT 0 NOT NULL,
  next_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  since TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  -- why the last attempt failed; null: it did not
  problem VARCHAR,
  PRIMARY KEY (run_id, target, occasion)
);
CREATE INDEX notification_due ON notification (done, next_at);
-- Since when a target is configured: what happened before is no news.
CREATE TABLE notification_target (
  name VARCHAR(100) PRIMARY KEY,
  since TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
-- Finds what ended while nobody listened.
CREATE INDEX run_finished ON run (finished_at);
