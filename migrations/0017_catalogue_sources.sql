-- Whose word a part is: the name of a connection or of a feed, null for the dealer's own tables.
alter table parts add column source text;
-- Its id there, which outlives a change of the article.
alter table parts add column outside_id text;
-- Where the source keeps its picture, and which of them was fetched.
alter table parts add column picture text;
alter table parts add column picture_got text;
create unique index parts_outside on parts (source, outside_id);
create index parts_pictures on parts (source, id)
    where picture is not null and (picture_got is null or picture_got <> picture);

-- A source that is asked again and again: who runs now, how far the last run came, what it did.
create table catalogue_runs (
    source      text primary key,
    synced_to   timestamptz,
    ran_at      timestamptz,
    synced_at   timestamptz,
    full_at     timestamptz,
    lease_until timestamptz,
    report      text,
    error       text
);
