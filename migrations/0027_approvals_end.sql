-- The newest deals and leads of an account as rules see them: what a dry run of a rule looks at. Read
-- when somebody asks, replaced by the next reading.
create table rule_samples (
    connection text not null,
    entity     text not null,
    -- When they were last asked for, and the promise of it.
    asked_at   timestamptz not null,
    promise    text not null,
    -- When they were last read; null before the first time.
    read_at    timestamptz,
    deals      text not null default '[]',
    primary key (connection, entity)
);

-- Every answer to every version of a case: the seats tell of the present version alone.
create table approval_answers (
    approval_id text not null references approvals (id),
    version     bigint not null,
    turn        bigint not null,
    -- Whose seat it was, and who answered: somebody may have stood in.
    staff_id    text not null references staff (id),
    decided_by  text not null references staff (id),
    state       text not null,
    asked_at    timestamptz not null,
    decided_at  timestamptz not null,
    primary key (approval_id, version, turn, staff_id)
);
create index approval_answers_decided on approval_answers (decided_at);
insert into approval_answers (approval_id, version, turn, staff_id, decided_by, state, asked_at,
                              decided_at)
select x.approval_id, a.version, x.turn, x.staff_id, x.decided_by, x.state, x.asked_at, x.decided_at
  from approval_deciders x
  join approvals a on a.id = x.approval_id
 where x.decided_at is not null and x.decided_by is not null and x.asked_at is not null;

-- Files of the deal that are named and not fetched: too large, or of a kind that nobody here opens.
alter table approvals add column left_files text;

-- What a member may order without their director, in kopecks; null is without a limit.
alter table memberships add column order_limit bigint;

-- A director of the company decides as well, who is a customer.
alter table approvals add column decided_customer text references customers (id);
alter table approval_events add column customer_id text references customers (id);
