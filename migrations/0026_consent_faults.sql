-- Why the last consent for a connection came to nothing, until one succeeds: in words, as they are
-- shown.
alter table connections add column consent_fault text;
alter table connections add column consent_failed_at timestamptz;
