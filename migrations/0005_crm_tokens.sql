-- Access to CRMs by OAuth 2.0. Tokens and secrets are sealed with a key derived from SECRET_KEY; what
-- stands here opens nothing without it.

create table crm_tokens (
    connection       text primary key,
    -- The integration that a button made for this account; none where the configuration names it.
    client_id        text,
    client_secret    bytea,
    access_token     bytea not null,
    refresh_token    bytea not null,
    expires_at       timestamptz not null,
    -- Scheme and host of the account: it may move to another subdomain.
    base_url         text not null,
    account_id       bigint,
    -- Grows with each pair: who holds an older one reads again instead of refreshing.
    version          bigint not null,
    -- Until when one process may refresh.
    refreshing_until timestamptz,
    refreshed_at     timestamptz not null,
    -- Why only a person can mend it, as a stable word.
    broken           text
);

-- A consent that was asked for. Of its state only the hash is kept, and it works once.
create table crm_consents (
    state_hash    text primary key,
    connection    text not null,
    client_id     text,
    client_secret bytea,
    expires_at    timestamptz not null
);
create index crm_consents_old on crm_consents (expires_at);
