-- The delivery desk: what people did about deliveries and events, the lists that it shows, and raw
-- bodies that live for a while only.

-- Who queued or cancelled what; nobody of staff stands for the command line.
create table delivery_acts (
    delivery_id text not null references deliveries (id),
    at          timestamptz not null,
    act         text not null,
    staff_id    text references staff (id),
    reason      text,
    primary key (delivery_id, at, act)
);

create table event_acts (
    event_id text not null references inbound_events (id),
    at       timestamptz not null,
    act      text not null,
    staff_id text references staff (id),
    reason   text,
    primary key (event_id, at, act)
);

-- When the raw bodies were dropped. What is to be dropped is found by walking the primary key, whose
-- order is that of time, so no index is needed: the last id that was dropped stands in settings.
alter table exchanges add column pruned_at timestamptz;
alter table inbound_events add column pruned_at timestamptz;

-- One list per filter of the desk, each newest first.
create index deliveries_connection on deliveries (connection, id);
create index deliveries_entity on deliveries (entity, id);
-- What is open or dead; and its figures, from the index alone.
create index deliveries_undelivered on deliveries (id) where state <> 'delivered';
create index deliveries_figures on deliveries (connection, state, id) where state <> 'delivered';
create index inbound_source on inbound_events (source, id);
create index inbound_unprocessed on inbound_events (id, source, state) where state <> 'processed';
