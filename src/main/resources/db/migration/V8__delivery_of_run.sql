-- Which delivery made a run is asked for when the run's trace is written.
CREATE INDEX delivery_verdict_of_run ON delivery_verdict (run_id);
