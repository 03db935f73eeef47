-- What is to be reported to GitHub: which report of which run, and not what it says. What it says is the run's state when it is sent, so that a late
-- report never tells something old.
CREATE TABLE github_report (
  run_id BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  -- STATUS, DEPLOYMENT, COMMENT
  kind VARCHAR(20) NOT NULL,
  -- grows with each change of the run; the report is due while it is ahead of sent
  wanted BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  -- what was said last, so that the same is not said twice
  said VARCHAR,
  -- GitHub's id of the deployment or comment
  remote_id BIGINT,
  attempts INT DEFAULT 0 NOT NULL,
  next_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  since TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  -- why the last attempt failed; null: it did not
  problem VARCHAR,
  PRIMARY KEY (run_id, kind)
);
CREATE INDEX github_report_due ON github_report (next_at);
