-- What is open and alike: a newer card takes the place of one that has not gone, also where a chat
-- that cannot be reached has thousands.
create index deliveries_alike on deliveries (connection, entity, payload)
    where state in ('queued', 'running', 'waiting', 'unknown');
