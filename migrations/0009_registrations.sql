-- What a won deal makes of machines.

-- Since when the machine is its present owner's; null where it never changed hands. What cost money
-- before is no business of theirs.
alter table machine_instances add column owned_since timestamptz;

-- Serials one edit away are looked for among the machines of one model that are as long.
create index machines_near on machine_instances (model_id, length(serial_key));

-- By which of their deals a machine was sold, and what both sides said last: whoever differs from it
-- has changed since. `here_at` is when the date was last changed here and not yet told there.
create table machine_deals (
    connection           text not null,
    deal                 text not null,
    machine_id           text not null references machine_instances (id),
    agreed_serial        text not null,
    agreed_model         text not null,
    agreed_configuration text,
    agreed_date          date,
    here_at              timestamptz,
    linked_at            timestamptz not null,
    primary key (connection, deal, machine_id)
);
create index machine_deals_machine on machine_deals (machine_id);

-- What a won deal lacks for its passports; one row per deal, `gaps` is a list as JSON.
create table sale_gaps (
    connection text not null,
    deal       text not null,
    title      text not null,
    customer   text not null,
    gaps       text not null,
    open       boolean not null,
    changed_at timestamptz not null,
    primary key (connection, deal)
);

-- What a manager must decide. `claim` is the machine as the deal describes it, as JSON.
create table approvals (
    id         text primary key,
    kind       text not null,
    state      text not null,
    connection text not null,
    deal       text not null,
    machine_id text not null references machine_instances (id),
    claim      text not null,
    claim_hash text not null,
    decision   text,
    decided_by text references staff (id),
    decided_at timestamptz,
    created_at timestamptz not null,
    unique (connection, deal, claim_hash)
);
create index approvals_open on approvals (id) where state = 'open';
create index approvals_machine on approvals (machine_id);

-- A new link to a waiting passport ends those before it.
create index invites_customer on invites (customer_id);
