-- Who of the dealer's staff is whom in a portal of Bitrix24: who decides there decides here.
alter table staff add column email text;
alter table staff add column phone text;

create table staff_portal_users (
    connection  text not null,
    portal_user bigint not null,
    staff_id    text not null references staff (id),
    how         text not null,
    matched_at  timestamptz not null,
    primary key (connection, portal_user),
    unique (connection, staff_id)
);

-- One code per person: a new one takes the place of the one before.
create table staff_link_codes (
    staff_id   text primary key references staff (id),
    code_hash  text not null unique,
    expires_at timestamptz not null
);
