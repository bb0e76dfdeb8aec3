-- What people want to hear in their chat, and when they want to hear nothing.
create table notice_settings (
    telegram_id bigint primary key,
    orders      boolean not null,
    service     boolean not null,
    maintenance boolean not null,
    machines    boolean not null,
    -- Minutes after midnight in the dealer's zone; both or none.
    quiet_from  bigint,
    quiet_to    bigint,
    updated_at  timestamptz not null
);

-- Until when a message is held by somebody's quiet hours: what is promised to them later may pass it.
alter table deliveries add column held_until timestamptz;
