-- Whatever is asked of named people stands in one table: deals and leads of a CRM that meet a rule,
-- cases written by hand, and our own, of which the disputes about a serial were the first.
create table approvals_all (
    id              text primary key,
    kind            text not null,
    state           text not null,
    -- Grows each time it is asked anew: decisions and buttons of an earlier version count no more.
    version         bigint not null,
    -- What it is about, so that the same is asked once.
    once            text not null unique,
    title           text not null,
    words           text not null default '',
    connection      text,
    entity          text,
    entity_id       text,
    amount          bigint,
    url             text,
    -- What the card shows and later changes are compared with.
    facts           text,
    -- What has changed since the version before.
    changed         text,
    rule_name       text,
    -- The terms as they were when it was asked: who must agree, deadlines, what follows.
    policy          text not null default '{}',
    requester_name  text not null default '',
    requester_staff text references staff (id),
    requester_user  text,
    subject         text,
    machine_id      text references machine_instances (id),
    claim           text,
    decision        text,
    reason          text,
    decided_by      text references staff (id),
    decided_at      timestamptz,
    asked_at        timestamptz not null,
    deadline_at     timestamptz,
    remind_at       timestamptz,
    escalated_at    timestamptz,
    -- The deal has left the rule since the case was closed: coming back asks anew.
    left_rule       boolean not null default false,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
insert into approvals_all (id, kind, state, version, once, title, connection, entity, entity_id,
                           machine_id, claim, decision, decided_by, decided_at, asked_at,
                           created_at, updated_at)
select id, kind, state, 1, 'dispute:' || connection || ':' || deal || ':' || claim_hash, '',
       connection, 'deal', deal, machine_id, claim, decision, decided_by, decided_at, created_at,
       created_at, coalesce(decided_at, created_at)
  from approvals;
drop table approvals;
alter table approvals_all rename to approvals;
create index approvals_open on approvals (id) where state = 'open';
create index approvals_machine on approvals (machine_id) where machine_id is not null;
create index approvals_deal on approvals (connection, entity, entity_id);
create index approvals_deadline on approvals (deadline_at) where state = 'open';
create index approvals_remind on approvals (remind_at) where state = 'open';
create index approvals_decided on approvals (decided_at) where decided_at is not null;

-- Who is asked. A seat of a role has a row for each of its people; the first of them fills it.
create table approval_deciders (
    approval_id text not null references approvals (id),
    -- The place of the seat, from 1; 0 is a seat that came by escalation and decides for all.
    turn        bigint not null,
    staff_id    text not null references staff (id),
    state       text not null,
    asked_at    timestamptz,
    reason      text,
    decided_by  text references staff (id),
    decided_at  timestamptz,
    primary key (approval_id, turn, staff_id)
);
create index approval_deciders_asked on approval_deciders (staff_id) where state = 'asked';

-- What stands in the buttons of one person's card of one version.
create table approval_tokens (
    token       text primary key,
    approval_id text not null references approvals (id),
    version     bigint not null,
    staff_id    text not null references staff (id),
    made_at     timestamptz not null,
    unique (approval_id, version, staff_id)
);

-- What happened to a case; nobody edits it.
create table approval_events (
    id          text primary key,
    approval_id text not null references approvals (id),
    version     bigint not null,
    at          timestamptz not null,
    kind        text not null,
    staff_id    text references staff (id),
    for_staff   text references staff (id),
    via         text,
    words       text not null default ''
);
create index approval_events_of on approval_events (approval_id, id);
create index approval_events_at on approval_events (at);

-- Rules written in the console, beside those of mypark.toml.
create table approval_rules (
    id         text primary key,
    name       text not null unique,
    position   bigint not null,
    rule       text not null,
    active     boolean not null,
    created_by text references staff (id),
    created_at timestamptz not null,
    updated_at timestamptz not null
);

-- Who decides for an absent colleague, on these days of the dealer's calendar.
create table staff_substitutes (
    id            text primary key,
    staff_id      text not null references staff (id),
    substitute_id text not null references staff (id),
    from_on       date not null,
    to_on         date not null,
    created_at    timestamptz not null
);
create index staff_substitutes_staff on staff_substitutes (staff_id, to_on);
create index staff_substitutes_substitute on staff_substitutes (substitute_id, to_on);

-- One-time links for people whom Telegram does not reach; only the hash is kept.
create table approval_links (
    token_hash  text primary key,
    approval_id text not null references approvals (id),
    version     bigint not null,
    staff_id    text not null references staff (id),
    expires_at  timestamptz not null,
    used_at     timestamptz
);
create index approval_links_of on approval_links (approval_id, staff_id);
