-- Names of their owners' own at which environments answer. Which of them leads where is decided once for the whole installation.
create table domains (
    id uuid primary key,
    organization_id uuid not null references organizations,
    app_id uuid not null references apps on delete cascade,
    environment_id uuid not null references environments on delete cascade,
    name text not null constraint domains_name_key unique check (name = lower(name) and length(name) between 3 and 253),
    -- deleting: nothing may lead there any more; the row goes once nothing does.
    state text not null default 'pending' check (state in ('pending', 'active', 'failed', 'deleting')),
    records jsonb not null default '[]',               -- what its owner has to set: [{name, type, value, purpose}]
    message text,                                      -- what it waits for, or why it failed, for people
    sealed_certificate bytea,                          -- encrypted JSON: chain and private key, where the edge speaks TLS with a given one
    expires_at timestamptz,                            -- when its certificate ends
    looked_at timestamptz,                             -- when a worker last compared it with what is there
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index domains_environment on domains (environment_id, name);

alter table domains enable row level security;
create policy tenant on domains to slipform_application
    using (organization_id = current_organization()) with check (organization_id = current_organization());
create policy worker on domains to slipform_worker using (true) with check (true);
create policy host on domains to slipform_host using (true);

grant select, insert, update on domains to slipform_application;
grant select, update, delete on domains to slipform_worker;
grant select on domains to slipform_host;
