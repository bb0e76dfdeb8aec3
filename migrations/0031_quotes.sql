-- Quotes: what a manager answers to an order, revision by revision, the words about its lines, and
-- what happened to an order.

-- The newest revision is the one that counts; it is open until it is accepted or its day is over.
create table quotes (
    id          text primary key,
    order_id    text not null references orders (id),
    revision    bigint not null,
    valid_until date not null,
    comment     text not null default '',
    total       bigint not null,
    made_by     text not null references staff (id),
    made_at     timestamptz not null,
    accepted_at timestamptz,
    unique (order_id, revision)
);

-- A line per line of the order, by its position.
create table quote_lines (
    quote_id text not null references quotes (id),
    position bigint not null,
    price    bigint not null,
    comment  text not null default '',
    primary key (quote_id, position)
);

-- What customer and dealer write to each other about a line. `staff_id` is null where it is the
-- customer who writes.
create table order_messages (
    id         text primary key,
    order_id   text not null references orders (id),
    position   bigint not null,
    staff_id   text references staff (id),
    text       text not null,
    client_key text not null,
    written_at timestamptz not null,
    unique (order_id, client_key)
);
create index order_messages_line on order_messages (order_id, position, id);

-- What happened to an order, oldest first by its id.
create table order_events (
    id       text primary key,
    order_id text not null references orders (id),
    kind     text not null,
    quote_id text references quotes (id),
    at       timestamptz not null
);
create index order_events_order on order_events (order_id, id);

-- Of an order that was placed before, it is known when it was placed and where it stands.
insert into order_events (id, order_id, kind, at)
select '00' || id, id, 'placed', created_at from orders;
insert into order_events (id, order_id, kind, at)
select '01' || id, id, state, updated_at from orders where state <> 'placed';

-- A card that was sent long ago lies far up in the chat: its news is a message of its own.
alter table cards add column sent_at timestamptz;
