-- What a CRM tells us, once.

-- Our own newest write to one facet of their entity (`status`, `field:712640`, …), so that its echo
-- is known for what it is. `their_at` is their time of the write (Unix seconds), null while it is
-- under way; until then our write before it, `former_hash`, may be what stands there. `stands` ends
-- when somebody else's value was seen there after it.
create table crm_writes (
    connection  text not null,
    their_kind  text not null,
    their_id    text not null,
    facet       text not null,
    value_hash  text not null,
    former_hash text,
    written_at  timestamptz not null,
    their_at    bigint,
    stands      boolean not null,
    primary key (connection, their_kind, their_id, facet)
);

-- The newest state of their entity that was followed: a late answer changes nothing twice.
create table crm_seen (
    connection text not null,
    their_kind text not null,
    their_id   text not null,
    their_at   bigint not null,
    value_hash text not null,
    primary key (connection, their_kind, their_id)
);

-- One row per connection: how far the poll has come, who polls now, whether webhooks are heard.
create table inbound_watch (
    connection   text primary key,
    polled_to    bigint,
    polled_at    timestamptz,
    lease_until  timestamptz,
    heard_at     timestamptz,
    missed_at    timestamptz,
    silent_since timestamptz,
    checked_on   date,
    subscription text
);
