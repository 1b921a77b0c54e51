-- Entries that are over are forgotten after 90 days.
CREATE INDEX waiting_entries_ended ON waiting_entries (ended_at) WHERE ended_at IS NOT NULL;
