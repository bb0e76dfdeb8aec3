-- A colleague whom the director of a company invites, and what they may order there alone.
alter table invites add column invited_by text references customers (id);
alter table invites add column order_limit bigint;

-- The company that somebody looks at; none is all of theirs.
alter table customers add column chosen_company text references companies (id);

-- A director who passes the company on, until the other answers: one at a time.
create table director_offers (
    company_id text primary key references companies (id),
    from_id    text not null references customers (id),
    to_id      text not null references customers (id),
    offered_at timestamptz not null
);
