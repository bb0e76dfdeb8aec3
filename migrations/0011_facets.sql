-- What a CRM's entity was last seen to say, facet by facet, as JSON: a change of something that we
-- do not follow is no news, and neither is our own word. What was seen before is followed once more.
alter table crm_seen add column facets text not null default '{}';
alter table crm_seen drop column value_hash;

-- Phones of a customer beside the one they go by, as a CRM's contact tells them.
create table customer_phones (
    phone       text primary key,
    customer_id text not null references customers (id),
    connection  text not null,
    known_at    timestamptz not null
);
create index customer_phones_customer on customer_phones (customer_id);
