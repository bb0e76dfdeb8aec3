-- The lists of the console go through these, newest first, a page at a time.
create index orders_state on orders (state, id);
create index requests_state on service_requests (state, id);
create index customers_unmet on customers (id) where telegram_id is null;
create index customers_unreachable on customers (id) where reachable = false;
create index customers_email on customers (email) where email is not null;
