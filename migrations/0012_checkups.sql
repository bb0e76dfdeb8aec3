-- The nightly look whether an account still has what the configuration names: on which day of the
-- dealer's it was last taken, what it found (JSON), and since when that stands. It lies beside the
-- circuit, because whoever asks what is wrong with a connection asks for both.
alter table connections add column checked_on date;
alter table connections add column defects text;
alter table connections add column defects_since timestamptz;
