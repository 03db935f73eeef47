-- What lists look for in all runs, of some hundred runs in a row each: how many there are, and the texts that are searched, so that neither a search nor a page
-- far from the newest reads every run's row. Filled behind the runs by a task; what no block covers is read from the runs themselves.
CREATE TABLE run_block (
  -- the block is about all runs with an id from here on …
  first_id BIGINT PRIMARY KEY,
  -- … and below this one
  end_id BIGINT NOT NULL,
  runs INT NOT NULL,
  -- of each run how much greater its id is than that of the run before it; the first one's: than first_id
  ids VARCHAR NOT NULL,
  -- message, author and revision of each run, without regard to case
  text VARCHAR NOT NULL
);
-- About no run: locked by whoever changes blocks.
INSERT INTO run_block (first_id, end_id, runs, ids, text) VALUES (-1, -1, 0, '', '');
