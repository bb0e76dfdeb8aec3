-- What people ask for on the dealer's site.

-- `told` is how many of the managers' line have its card; null: all managers have it.
create table leads (
    id         text primary key,
    number     text not null unique,
    token      text not null unique,
    form       text not null,
    name       text not null,
    phone      text not null,
    email      text,
    state      text not null,
    taken_by   text references staff (id),
    told       bigint,
    told_at    timestamptz not null,
    created_at timestamptz not null,
    touched_at timestamptz not null,
    updated_at timestamptz not null
);
-- The desk: what is open, newest first.
create index leads_open on leads (id) where state in ('suspected', 'new', 'taken');
-- Whose turn is over.
create index leads_waiting on leads (told_at) where state = 'new' and told is not null;

-- One form that was sent. The newest of a lead and its first both reach the CRM.
create table lead_touches (
    id           text primary key,
    lead_id      text not null references leads (id),
    form         text not null,
    client_key   text,
    name         text not null,
    phone        text not null,
    email        text,
    message      text,
    page         text,
    referrer     text,
    utm_source   text,
    utm_medium   text,
    utm_campaign text,
    utm_content  text,
    utm_term     text,
    yclid        text,
    gclid        text,
    roistat      text,
    ym_uid       text,
    extra        text not null,
    suspicion    text,
    created_at   timestamptz not null,
    unique (form, client_key)
);
create index lead_touches_lead on lead_touches (lead_id);

-- Which lead is the newest of a person (`phone:…`, `email:…`) with a form. Its row is the lock that
-- makes one lead of two forms that arrive together.
create table lead_people (
    form    text not null,
    person  text not null,
    lead_id text not null,
    primary key (form, person)
);
