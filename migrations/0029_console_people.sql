-- Names are searched by how their words begin, however many people there are: each beginning of two to
-- twelve letters is a row. domain/src/people/names.rs makes them.
create table name_starts (
    kind  text not null,
    start text not null,
    id    text not null,
    primary key (kind, start, id)
);
create index name_starts_id on name_starts (kind, id);

-- Of which name the rows were made; where it is another, they are made anew.
alter table customers add column starts_of text;
alter table companies add column starts_of text;
create index customers_stale_starts on customers (id) where starts_of is null or starts_of <> name;
create index companies_stale_starts on companies (id) where starts_of is null or starts_of <> name;

-- Whom an invite is for and who made it; one that was taken back opens nothing.
alter table invites add column note text not null default '';
alter table invites add column made_by text references staff (id);
alter table invites add column revoked_at timestamptz;
create index invites_company on invites (company_id, id);
create index invites_waiting on invites (id) where used_at is null and revoked_at is null;

create index orders_company on orders (company_id, id);

-- A document that is shown no more: withdrawn, or another revision took its place.
alter table documents add column withdrawn_at timestamptz;
