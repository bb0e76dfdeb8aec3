-- The staff console in a browser: who is signed in, what signs in once, and what its people did.

-- A session's token is kept as its hash; the browser has the token in a cookie.
create table staff_sessions (
    id         text primary key,
    token_hash text not null unique,
    staff_id   text not null references staff (id),
    way        text not null,
    user_agent text not null,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null,
    ended_at   timestamptz
);
create index staff_sessions_open on staff_sessions (staff_id, id) where ended_at is null;

-- What signs somebody in once: a code of the bot, or what Telegram signed.
create table sign_in_proofs (
    proof_hash text primary key,
    staff_id   text not null references staff (id),
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index sign_in_proofs_staff on sign_in_proofs (staff_id);

-- Who did what in the console. Rows are added and read; nothing in the product changes or removes one.
create table audit_log (
    id         text primary key,
    at         timestamptz not null,
    staff_id   text not null references staff (id),
    act        text not null,
    subject    text not null,
    subject_id text not null,
    details    text not null
);
create index audit_log_staff on audit_log (staff_id, id);
create index audit_log_subject on audit_log (subject, subject_id, id);
