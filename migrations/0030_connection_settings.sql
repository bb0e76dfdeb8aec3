-- What the console changed of a connection's settings, over what the configuration says: by key, such as
-- stages.order.placed; an empty value means that nothing stands there. A dozen rows per connection.
create table connection_settings (
    connection text not null,
    key        text not null,
    value      text not null,
    staff_id   text not null references staff (id),
    changed_at timestamptz not null,
    primary key (connection, key)
);

-- The version grows with each change, and every process reads it before it works for a connection. Beside it
-- what the account was last seen to have (JSON), so that no page has to ask it.
create table connection_accounts (
    connection text primary key,
    version    bigint not null default 0,
    seen       text,
    seen_at    timestamptz
);
