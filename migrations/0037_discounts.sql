-- The offer that a manager wrote last and that takes more off than the dealer lets managers take off
-- alone: it waits for a decision, or came back from it. It is a draft while no quote has its revision.
create table quote_drafts (
    order_id text primary key references orders (id),
    revision bigint not null,
    -- What was filled in.
    offer    text not null,
    -- The sum of those lines that had a price, at that price and as it is offered.
    listed   bigint not null,
    offered  bigint not null,
    made_by  text not null references staff (id),
    made_at  timestamptz not null
);
