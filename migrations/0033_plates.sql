-- A plate bears a code whose address never changes. It may be printed blank; until it is bound it is of
-- no machine. A machine's own id is an address too, without a row here.
create table plates (
    code       text primary key,
    -- The sheet that it was printed on.
    batch      text not null,
    machine_id text references machine_instances (id),
    bound_by   text references staff (id),
    bound_at   timestamptz,
    made_at    timestamptz not null
);
create index plates_machine on plates (machine_id) where machine_id is not null;
create index plates_batch on plates (batch, code);

-- Who looked at a plate, to the minute; 0 is somebody whom Telegram did not name. No address is kept.
create table plate_scans (
    code        text not null,
    at          timestamptz not null,
    telegram_id bigint not null,
    primary key (code, at, telegram_id)
);
create index plate_scans_at on plate_scans (at);
create index plate_scans_person on plate_scans (telegram_id) where telegram_id <> 0;

-- Who may see one machine without belonging to its company, asked for by its plate.
create table machine_guests (
    id          text primary key,
    machine_id  text not null references machine_instances (id),
    customer_id text not null references customers (id),
    state       text not null,
    created_at  timestamptz not null,
    unique (customer_id, machine_id)
);
create index machine_guests_machine on machine_guests (machine_id);

-- By which way somebody agreed: the bot's chat, a plate, the Mini App.
alter table consents add column channel text not null default 'bot';
