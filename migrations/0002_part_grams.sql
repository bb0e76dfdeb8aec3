-- The catalogue's search: what each part is found by, in pieces of a few characters, so that a query
-- reads one short list instead of every part. domain/src/parts/index.rs says what the pieces are.

-- `no` is the dealer's own order, given once when a part is first imported. `indexed` is false from
-- when a part is written until its key and pieces are made of it.
alter table parts add column no bigint;
alter table parts add column indexed boolean not null default false;
-- Ids sort by creation, so this is the order of the first import.
update parts
   set no = ordered.no
  from (select id, row_number() over (order by id) as no from parts) ordered
 where ordered.id = parts.id;
create unique index parts_no on parts (no);
create index parts_unindexed on parts (no) where not indexed;
drop index parts_order;

create table part_grams (
    gram    text not null,
    part_no bigint not null,
    primary key (gram, part_no)
);

-- How many parts have a piece: a query walks the list of its rarest one.
create table part_gram_counts (
    gram  text primary key,
    parts bigint not null
);

-- 1, 2, 3 … up to the longest key, for cutting keys into pieces; `substr` of PostgreSQL wants an
-- integer. Grows as it must.
create table part_places (
    place integer primary key
);
