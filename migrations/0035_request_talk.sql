-- What customer and dealer say to each other about a case, when a visit suits, and how it was.

-- One message of a thread; `subject` is what it is about, such as 'request:…'. `staff_id` is null
-- where it is the customer who writes.
create table words (
    id         text primary key,
    subject    text not null,
    staff_id   text references staff (id),
    text       text not null,
    client_key text not null,
    written_at timestamptz not null,
    seen_at    timestamptz,
    unique (subject, client_key)
);
create index words_subject on words (subject, id);
create index words_unseen on words (subject) where seen_at is null;

-- Up to three times of a visit that a manager offers, as JSON; which one the customer chose, counted
-- from 0; the number of the offer, so that a button of an earlier one chooses nothing.
alter table service_requests add column windows text;
alter table service_requests add column window_offer bigint;
alter table service_requests add column window_chosen bigint;

create table request_ratings (
    request_id text primary key references service_requests (id),
    stars      bigint not null,
    comment    text not null,
    rated_at   timestamptz not null,
    seen_at    timestamptz
);
create index request_ratings_low on request_ratings (request_id) where stars <= 3 and seen_at is null;

-- A message in a chat that answers another: which case that one is about.
create index cards_message on cards (chat_id, message_id);
