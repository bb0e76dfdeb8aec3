-- The machines that stand still: every list of machines asks this of each of them.
create index requests_down on service_requests (machine_id, created_at)
    where machine_down and state not in ('done', 'closed', 'cancelled');
