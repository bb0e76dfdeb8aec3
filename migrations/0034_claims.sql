-- Machines that the dealer did not sell and a customer wants a passport for. `model` is how they call it,
-- `model_id` the one of the catalogue, where it has it.
create table machine_claims (
    id          text primary key,
    customer_id text not null references customers (id),
    company_id  text references companies (id),
    serial      text not null,
    serial_key  text not null,
    model_id    text references machine_models (id),
    model       text not null,
    state       text not null,
    created_at  timestamptz not null,
    unique (customer_id, serial_key)
);

-- When the running hours were last read; null where nobody knows.
alter table machine_instances add column hours_at timestamptz;
