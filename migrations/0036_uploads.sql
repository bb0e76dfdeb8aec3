-- Files that arrive in parts, and forms that are not finished.

-- A file on its way from a person's phone, for a day; `sha256` is known once it is whole and was
-- judged, `used_at` once it went with something.
create table file_uploads (
    id           text primary key,
    telegram_id  bigint not null,
    name         text not null,
    size         bigint not null,
    received     bigint not null,
    content_type text,
    sha256       text,
    used_at      timestamptz,
    created_at   timestamptz not null
);
create index file_uploads_person on file_uploads (telegram_id) where used_at is null;
create index file_uploads_created on file_uploads (created_at);

-- A call for service that was begun: one per person and machine, '' for none.
create table service_drafts (
    customer_id text not null references customers (id),
    machine_id  text not null,
    body        text not null,
    updated_at  timestamptz not null,
    primary key (customer_id, machine_id)
);
create index service_drafts_old on service_drafts (updated_at);
