-- Answers to requests with an Idempotency-Key, stored by the mutation's own transaction, and given again for 24 hours.
create table idempotency_keys (
    id uuid primary key,
    organization_id uuid references organizations on delete cascade,    -- null: what a person did outside of any
    principal text not null,                                            -- user:<id> or token:<id>
    route text not null,                                                -- method and template of the path
    key text not null check (length(key) between 1 and 255),
    fingerprint bytea not null,                                         -- SHA-256 of path, query and body
    status smallint not null,
    location text,
    body bytea,
    sealed_body bytea,                                                  -- instead of it, where the answer carries a secret
    created_at timestamptz not null default now(),
    constraint idempotency_keys_key unique nulls not distinct (organization_id, principal, route, key),
    check (num_nonnulls(body, sealed_body) = 1)
);
create index idempotency_keys_age on idempotency_keys (created_at);
alter table idempotency_keys enable row level security;
create policy tenant on idempotency_keys to slipform_application
    using (organization_id = current_organization()) with check (organization_id = current_organization());
create policy person on idempotency_keys to slipform_application
    using (organization_id is null and principal = 'user:' || current_user_id())
    with check (organization_id is null and principal = 'user:' || current_user_id());
create policy worker on idempotency_keys to slipform_worker using (true) with check (true);
grant select, insert, update on idempotency_keys to slipform_application;
grant select (id, created_at), delete on idempotency_keys to slipform_worker;
