-- How far a run that is under way has come.
alter table catalogue_runs add column started_at timestamptz;
alter table catalogue_runs add column stage text;
alter table catalogue_runs add column done bigint;
alter table catalogue_runs add column total bigint;
-- Runs in a row that failed, and when the next one may try in spite of the pace.
alter table catalogue_runs add column failures bigint not null default 0;
alter table catalogue_runs add column retry_at timestamptz;
-- The last whole run was not believed: it would have switched off so many of so many.
alter table catalogue_runs add column refused_at timestamptz;
alter table catalogue_runs add column refused_off bigint;
alter table catalogue_runs add column refused_of bigint;
-- Who fetches pictures, and which of them is not tried before a time.
alter table catalogue_runs add column pictures_until timestamptz;
alter table parts add column picture_after timestamptz;
