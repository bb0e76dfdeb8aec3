-- What several processes must know of one connection: whether it is stopped, who probes it, how
-- fast it may be called; and of one delivery: how often it failed and was looked for in vain.

-- rest_until is what the other side asked for (429). paused_until belongs to a stop, which has a
-- reason: from then on one call may probe, and holds the lease probe_until while it does.
alter table connections add column opened_at timestamptz;
alter table connections add column rest_until timestamptz;
alter table connections add column probe_until timestamptz;
alter table connections add column probe_id text;
update connections set opened_at = updated_at where reason is not null;
update connections set rest_until = paused_until, paused_until = null where reason is null;

alter table deliveries add column failures bigint not null default 0;
alter table deliveries add column looks bigint not null default 0;

-- The moment after the last call that was let through, in microseconds since 1970.
create table rates (
    name    text primary key,
    next_at bigint not null
);
