-- What Bitrix24 says of itself beside its tokens: the portal's own id, which survives a change of its
-- address, and the token that its events bear, sealed like the others.

alter table crm_tokens add column member text;
alter table crm_tokens add column event_token bytea;
