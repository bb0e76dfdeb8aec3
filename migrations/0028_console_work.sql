-- When the engineer is to come; both ends or none.
alter table work_orders add column window_from timestamptz;
alter table work_orders add column window_until timestamptz;

-- The console's lists and boards of jobs and leads, newest first, a page at a time.
create index work_orders_open_all on work_orders (id) where state <> 'done';
create index work_orders_state on work_orders (state, id);
create index work_orders_engineer on work_orders (engineer_id, id);
create index work_orders_window on work_orders (window_from) where state <> 'done';
create index requests_manager on service_requests (taken_by, state, id);
create index leads_state on leads (state, id);
create index leads_manager on leads (taken_by, id);
create index leads_phone on leads (phone);
create index lead_touches_source on lead_touches (utm_source, lead_id);
