-- What people answer to a maintenance reminder.

-- A maintenance that the customer's own people did: one per date of a machine.
create table own_maintenances (
    occurrence_id       text primary key references occurrences (id),
    customer_id         text not null references customers (id),
    hours               bigint,
    note                text not null,
    next_maintenance_on date,
    done_at             timestamptz not null
);
create index own_maintenances_customer on own_maintenances (customer_id);

-- «Напомнить позже»: until that day the person hears nothing of this date, on it the newest step.
create table snoozes (
    occurrence_id text not null references occurrences (id),
    customer_id   text not null references customers (id),
    until_on      date not null,
    primary key (occurrence_id, customer_id)
);
create index snoozes_customer on snoozes (customer_id);
