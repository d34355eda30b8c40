-- What an organization may have, and what it has used. The operator sets it as the owner's role; the application reads it and cannot
-- change it, so that nobody raises their own.
create table quotas (                                  -- null: what the installation usually gives
    organization_id uuid primary key references organizations on delete cascade,
    apps int check (apps >= 0),
    previews int check (previews >= 0),
    running_builds int check (running_builds >= 1),    -- queue_organizations.max_running follows it
    waiting_builds int check (waiting_builds >= 0),
    storage_bytes bigint check (storage_bytes >= 0),
    requests_per_minute int check (requests_per_minute >= 1),
    updated_at timestamptz not null default now()
);

create table usage_days (                              -- requests that were answered, by day in UTC
    organization_id uuid not null references organizations on delete cascade,
    day date not null,
    requests bigint not null,
    primary key (organization_id, day)
);
create index usage_days_age on usage_days (day);

alter table quotas enable row level security;
create policy tenant on quotas for select to slipform_application using (organization_id = current_organization());
alter table usage_days enable row level security;
create policy tenant on usage_days to slipform_application
    using (organization_id = current_organization()) with check (organization_id = current_organization());
create policy worker on usage_days to slipform_worker using (true) with check (true);
grant select on quotas to slipform_application;
grant select, insert, update on usage_days to slipform_application;
grant select (day), delete on usage_days to slipform_worker;

-- Until now the application could have set how many builds of an organization run at once.
insert into quotas (organization_id, running_builds) select organization_id, max_running from queue_organizations where max_running <> 2 and max_running >= 1;
revoke insert, update on queue_organizations from slipform_application;
grant insert (organization_id), update (running, ready, turn) on queue_organizations to slipform_application;

-- What is counted while somebody waits for the answer.
create index environments_previews on environments (organization_id) where kind = 'preview';
create index queue_environments_waiting on queue_environments (organization_id) where queued_build is not null;
create index releases_stored on releases (organization_id) include (size_bytes) where state = 'ready';
create index design_versions_stored on design_versions (organization_id);

-- What the operator does to an organization, its people read.
alter table audit_log drop constraint audit_log_actor_kind_check;
alter table audit_log add constraint audit_log_actor_kind_check check (actor_kind in ('user', 'token', 'worker', 'operator'));
