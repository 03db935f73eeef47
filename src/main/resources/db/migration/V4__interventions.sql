-- People steer runs: approvals, promotions, pauses, retries.

-- what a step waits for, PERSON or TIME, and since when; null: neither
ALTER TABLE run_step ADD COLUMN awaits VARCHAR(10);
ALTER TABLE run_step ADD COLUMN awaits_since TIMESTAMP(6) WITH TIME ZONE;
-- the run whose result this step took over
ALTER TABLE run_step ADD COLUMN taken_from BIGINT;
-- how a run that was paused came to it, for people
ALTER TABLE run ADD COLUMN paused_by VARCHAR;
-- what a decision was about: the revision and the digests that the run had then, as JSON
ALTER TABLE decision ADD COLUMN subject VARCHAR;
