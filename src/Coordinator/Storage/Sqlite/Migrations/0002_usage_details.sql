-- What the ledger knows of a step beside what is billed. Rows from before have none of it. Samples and pressure are JSON, absent as a whole.
ALTER TABLE usage ADD COLUMN memory_samples TEXT;
ALTER TABLE usage ADD COLUMN io_read_operations INTEGER;
ALTER TABLE usage ADD COLUMN io_write_operations INTEGER;
ALTER TABLE usage ADD COLUMN pressure TEXT;
ALTER TABLE usage ADD COLUMN reserved_scratch_bytes INTEGER;
ALTER TABLE usage ADD COLUMN scratch_used_bytes INTEGER;
