-- One dialect for SQLite and PostgreSQL: text ids made by the application (UUIDv7, so they sort by
-- creation), money in kopecks, times bound by the application in UTC, JSON as text, no defaults that
-- read a clock. Every query that grows has its index beside the table.

-- People and firms ------------------------------------------------------------------------------

create table companies (
    id         text primary key,
    name       text not null,
    inn        text unique,
    kpp        text,
    search_key text not null,
    created_at timestamptz not null
);

create table sites (
    id         text primary key,
    company_id text not null references companies (id),
    name       text not null,
    address    text not null default '',
    unique (company_id, name)
);

-- A customer may be known by phone alone (from a deal or an import) until the bot meets them.
create table customers (
    id            text primary key,
    telegram_id   bigint unique,
    phone         text unique,
    name          text not null,
    email         text,
    language      text not null,
    reachable     boolean not null,
    sessions_from timestamptz,
    created_at    timestamptz not null,
    updated_at    timestamptz not null
);

create table consents (
    id          text primary key,
    customer_id text not null references customers (id),
    version     text not null,
    given_at    timestamptz not null
);
create index consents_customer on consents (customer_id);

create table memberships (
    id          text primary key,
    customer_id text not null references customers (id),
    company_id  text not null references companies (id),
    role        text not null,
    state       text not null,
    created_at  timestamptz not null,
    unique (customer_id, company_id)
);
create index memberships_company on memberships (company_id);

create table staff (
    id            text primary key,
    telegram_id   bigint not null unique,
    role          text not null,
    name          text not null,
    language      text not null,
    active        boolean not null,
    reachable     boolean not null,
    created_at    timestamptz not null
);

-- A one-time link that lets a person whom the bot has not met claim a customer's row.
create table invites (
    id          text primary key,
    token_hash  text not null unique,
    customer_id text references customers (id),
    company_id  text references companies (id),
    role        text,
    expires_at  timestamptz not null,
    used_at     timestamptz,
    created_at  timestamptz not null
);

-- Machines --------------------------------------------------------------------------------------

create table machine_models (
    id                 text primary key,
    code               text not null unique,
    code_key           text not null unique,
    name               text not null,
    maker              text not null default '',
    category           text not null default '',
    specification      text not null,
    photo              text,
    maintenance_months bigint,
    maintenance_hours  bigint,
    search_key         text not null
);

create table machine_instances (
    id                  text primary key,
    serial              text not null,
    serial_key          text not null unique,
    model_id            text not null references machine_models (id),
    configuration       text not null default '',
    company_id          text references companies (id),
    site_id             text references sites (id),
    customer_id         text references customers (id),
    made_on             date,
    shipped_on          date,
    commissioned_on     date,
    warranty_until      date,
    hours               bigint,
    next_maintenance_on date,
    created_at          timestamptz not null,
    updated_at          timestamptz not null
);
create index machines_company on machine_instances (company_id);
create index machines_customer on machine_instances (customer_id);
create index machines_model on machine_instances (model_id);
create index machines_due on machine_instances (next_maintenance_on, id);

create table timeline_events (
    id         text primary key,
    machine_id text not null references machine_instances (id),
    at         timestamptz not null,
    kind       text not null,
    title      text not null,
    ref        text,
    unique (machine_id, kind, ref)
);
create index timeline_machine on timeline_events (machine_id, at);

-- A stored file: the bytes lie in UPLOADS_DIR under their hash.
create table files (
    id           text primary key,
    name         text not null,
    content_type text not null,
    size         bigint not null,
    sha256       text not null,
    created_at   timestamptz not null
);

create table documents (
    id         text primary key,
    model_id   text references machine_models (id),
    machine_id text references machine_instances (id),
    file_id    text not null references files (id),
    kind       text not null,
    title      text not null,
    language   text not null,
    revision   text not null default '',
    created_at timestamptz not null
);
create index documents_model on documents (model_id);
create index documents_machine on documents (machine_id);
create index documents_file on documents (file_id);

-- Parts -----------------------------------------------------------------------------------------

create table parts (
    id          text primary key,
    sku         text not null unique,
    name        text not null,
    price       bigint,
    stock       bigint,
    stock_at    timestamptz,
    lead_days   bigint,
    category    text not null default '',
    photo       text,
    replaced_by text,
    active      boolean not null,
    search_key  text not null,
    updated_at  timestamptz not null
);
create index parts_order on parts (name, id);

create table part_codes (
    part_id  text not null references parts (id),
    code     text not null,
    code_key text not null,
    primary key (part_id, code_key)
);
create index part_codes_key on part_codes (code_key);

create table part_models (
    part_id  text not null references parts (id),
    model_id text not null references machine_models (id),
    primary key (part_id, model_id)
);
create index part_models_model on part_models (model_id, part_id);

-- machine_id is '' when the line is for no machine: a null would escape the primary key.
create table cart_items (
    customer_id text not null references customers (id),
    part_id     text not null references parts (id),
    machine_id  text not null,
    quantity    bigint not null,
    seen_price  bigint,
    added_at    timestamptz not null,
    primary key (customer_id, part_id, machine_id)
);

-- Orders and service ----------------------------------------------------------------------------

create table counters (
    name  text primary key,
    value bigint not null
);

create table orders (
    id          text primary key,
    number      text not null unique,
    customer_id text not null references customers (id),
    company_id  text references companies (id),
    state       text not null,
    total       bigint not null,
    delivery    text not null,
    address     text not null default '',
    inn         text,
    comment     text not null default '',
    client_key  text not null,
    taken_by    text references staff (id),
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    unique (customer_id, client_key)
);
create index orders_customer on orders (customer_id, id);
create index orders_open on orders (id) where state not in ('completed', 'cancelled', 'expired');

create table order_lines (
    order_id       text not null references orders (id),
    position       bigint not null,
    part_id        text not null references parts (id),
    sku            text not null,
    name           text not null,
    price          bigint,
    quantity       bigint not null,
    machine_id     text,
    machine_serial text,
    machine_model  text,
    primary key (order_id, position)
);

create table service_requests (
    id           text primary key,
    number       text not null unique,
    customer_id  text not null references customers (id),
    machine_id   text references machine_instances (id),
    kind         text not null,
    machine_down boolean not null,
    text         text not null,
    state        text not null,
    client_key   text not null,
    taken_by     text references staff (id),
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    fixed_at     timestamptz,
    unique (customer_id, client_key)
);
create index requests_customer on service_requests (customer_id, id);
create index requests_machine on service_requests (machine_id);
create index requests_open on service_requests (id)
    where state not in ('done', 'closed', 'cancelled');

create table work_orders (
    id                  text primary key,
    request_id          text not null unique references service_requests (id),
    machine_id          text references machine_instances (id),
    engineer_id         text not null references staff (id),
    state               text not null,
    report              text not null default '',
    hours               bigint,
    next_maintenance_on date,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    done_at             timestamptz
);
create index work_orders_open on work_orders (engineer_id, id) where state <> 'done';
create index work_orders_done on work_orders (engineer_id, id) where state = 'done';
create index work_orders_machine on work_orders (machine_id);

-- Which files belong to which case: owner is 'request:…' or 'work_order:…'.
create table attachments (
    owner      text not null,
    file_id    text not null references files (id),
    position   bigint not null,
    primary key (owner, file_id)
);
create index attachments_file on attachments (file_id);

-- Maintenance -----------------------------------------------------------------------------------

create table occurrences (
    id         text primary key,
    machine_id text not null references machine_instances (id),
    due_on     date not null,
    state      text not null,
    created_at timestamptz not null,
    unique (machine_id, due_on)
);
create index occurrences_open on occurrences (due_on) where state = 'open';

-- One row per machine's date, person and step: what makes a reminder go out once.
create table reminders (
    occurrence_id text not null references occurrences (id),
    customer_id   text not null references customers (id),
    step          bigint not null,
    sent_at       timestamptz not null,
    primary key (occurrence_id, customer_id, step)
);

-- To the outside and back -----------------------------------------------------------------------

create table connections (
    name         text primary key,
    paused_until timestamptz,
    reason       text,
    updated_at   timestamptz not null
);

-- Our entity and its id there; their_kind also names the steps of one story ('note', 'file:…'),
-- so that a crash between two of them repeats none.
create table crm_links (
    connection text not null,
    entity     text not null,
    their_kind text not null,
    their_id   text not null,
    created_at timestamptz not null,
    primary key (connection, entity, their_kind)
);
create index crm_links_theirs on crm_links (connection, their_kind, their_id);

create table deliveries (
    id              text primary key,
    connection      text not null,
    entity          text not null,
    kind            text not null,
    payload         text not null,
    dedup_key       text not null unique,
    state           text not null,
    outcome_unknown boolean not null,
    run_at          timestamptz not null,
    attempts        bigint not null,
    lease_until     timestamptz,
    last_error      text,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
create index deliveries_due on deliveries (connection, id)
    where state in ('queued', 'waiting', 'unknown');
create index deliveries_open on deliveries (connection, entity, id)
    where state in ('queued', 'running', 'waiting', 'unknown');
create index deliveries_running on deliveries (lease_until) where state = 'running';
create index deliveries_dead on deliveries (id) where state = 'dead';

create table attempts (
    delivery_id text not null references deliveries (id),
    number      bigint not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    outcome     text,
    detail      text,
    primary key (delivery_id, number)
);

-- One call over the wire within an attempt, written before it is made.
create table exchanges (
    id          text primary key,
    delivery_id text not null references deliveries (id),
    attempt     bigint not null,
    method      text not null,
    url         text not null,
    request     text not null,
    status      bigint,
    response    text,
    started_at  timestamptz not null,
    finished_at timestamptz
);
create index exchanges_delivery on exchanges (delivery_id, attempt, id);

create table inbound_events (
    id           text primary key,
    source       text not null,
    dedup_key    text not null,
    lane         text not null,
    body         bytea not null,
    state        text not null,
    attempts     bigint not null,
    run_at       timestamptz not null,
    lease_until  timestamptz,
    error        text,
    received_at  timestamptz not null,
    processed_at timestamptz,
    unique (source, dedup_key)
);
create index inbound_due on inbound_events (run_at) where state = 'received';
create index inbound_lane on inbound_events (source, lane, id)
    where state in ('received', 'processing');
create index inbound_processing on inbound_events (lease_until) where state = 'processing';

-- The one live card of a case in a chat, edited in place.
create table cards (
    entity     text not null,
    chat_id    bigint not null,
    message_id bigint not null,
    primary key (entity, chat_id)
);

create table dialogues (
    chat_id    bigint primary key,
    state      text not null,
    updated_at timestamptz not null
);

create table settings (
    name  text primary key,
    value text not null
);

create table api_tokens (
    id         text primary key,
    name       text not null,
    token_hash text not null unique,
    expires_at timestamptz,
    created_at timestamptz not null
);
