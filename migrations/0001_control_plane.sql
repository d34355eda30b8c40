-- The control plane's database.
--
-- Three group roles exist before this runs (boot creates them, because roles belong to the cluster and not to
-- a database): slipform_application answers the API, one organization a transaction; slipform_worker drains the
-- queue across organizations; slipform_host keeps the processes of one machine. None owns anything, and row level
-- security applies to all of them. A transaction of the application sets slipform.organization (and slipform.user while signing
-- in); an unset value matches nothing.

create function current_organization() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('slipform.organization', true), '')::uuid $$;
create function current_user_id() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('slipform.user', true), '')::uuid $$;

-- People and organizations -----------------------------------------------------------------------------------

create table users (
    id uuid primary key,
    email text not null constraint users_email_key unique check (email = lower(email) and length(email) <= 254),
    name text not null check (length(name) between 1 and 100),
    password_hash text not null,                       -- argon2id, PHC string
    created_at timestamptz not null default now()
);

create table organizations (
    id uuid primary key,
    slug text not null constraint organizations_slug_key unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name text not null check (length(name) between 1 and 100),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table members (
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
    created_at timestamptz not null default now(),
    primary key (organization_id, user_id)
);
create index members_user on members (user_id);

create table api_tokens (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    created_by uuid references users on delete set null,
    name text not null check (length(name) between 1 and 100),
    prefix text not null,                              -- the first characters, to recognize it by
    hash bytea not null constraint api_tokens_hash_key unique,   -- SHA-256 of the whole token
    role text not null check (role in ('admin', 'editor', 'viewer')),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz not null default now()
);
create index api_tokens_organization on api_tokens (organization_id, created_at, id);

-- One row a sign-in; the refresh token rotates, and use of an old one ends the whole session.
create table sessions (
    id uuid primary key,
    user_id uuid not null references users on delete cascade,
    refresh_hash bytea not null constraint sessions_refresh_hash_key unique,
    previous_hash bytea,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    refreshed_at timestamptz not null default now()
);
create index sessions_user on sessions (user_id);
create index sessions_previous on sessions (previous_hash);

create table signing_keys (
    id text primary key,                               -- the JWT's kid
    public_key bytea not null,                         -- Ed25519, 32 bytes
    sealed_private_key bytea not null,                 -- encrypted with SLIPFORM_KEY
    created_at timestamptz not null default now(),
    retired_at timestamptz
);

-- Apps and designs -------------------------------------------------------------------------------------------

create table apps (
    id uuid primary key,
    organization_id uuid not null references organizations,
    slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name text not null check (length(name) between 1 and 100),
    -- The first label of its address: the slug where that is free in the whole installation. Never contains '--',
    -- which separates the environment from the app in the address of a preview.
    host_label text not null constraint apps_host_label_key unique
        check (host_label ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' and host_label !~ '--'),
    target text not null check (target in ('local', 'aws')),
    state text not null default 'active' check (state in ('active', 'deleting')),
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint apps_slug_key unique (organization_id, slug)
);
create index apps_page on apps (organization_id, created_at, id);

create table design_versions (
    id uuid primary key,
    organization_id uuid not null references organizations,
    app_id uuid not null references apps on delete cascade,
    number int not null,
    hash text not null,                                -- SHA-256 of the canonical document, hex
    document text not null,                            -- canonical JSON
    message text check (length(message) <= 500),
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    constraint design_versions_number_key unique (app_id, number),
    constraint design_versions_hash_key unique (app_id, hash)
);

create table environments (
    id uuid primary key,
    organization_id uuid not null references organizations,
    app_id uuid not null references apps on delete cascade,
    slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$' and slug !~ '--'),
    kind text not null check (kind in ('production', 'preview')),
    state text not null default 'active' check (state in ('active', 'deleting')),
    -- What its database looks like: a copy of what stands beside the data, to plan builds from.
    schema_state jsonb not null default '{}',
    live_release_id uuid,                              -- references releases, added below
    next_release int not null default 1,
    admin_email text,                                  -- the live app's first administrator
    sealed_secrets bytea,                              -- encrypted JSON: database password, first administrator's password
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint environments_slug_key unique (app_id, slug)
);

create table environment_migrations (
    organization_id uuid not null references organizations,
    environment_id uuid not null references environments on delete cascade,
    position int not null,
    title text not null,
    sql text not null,
    build_id uuid not null,
    applied_at timestamptz not null default now(),
    primary key (environment_id, position)
);

-- Builds and their queue -------------------------------------------------------------------------------------
-- Lock order everywhere: queue_organizations, queue_environments, builds; so nothing deadlocks.

create sequence queue_turn;
create sequence queue_fence;

create table queue_organizations (                     -- the round-robin wheel
    organization_id uuid primary key references organizations on delete cascade,
    max_running int not null default 2,
    running int not null default 0,                    -- builds running now
    ready int not null default 0,                      -- environments with a queued build and none running
    turn bigint not null default 0                     -- sequence value at the last service: smallest = least recently served
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index queue_organizations_runnable on queue_organizations (turn) where ready > 0 and running < max_running;

create table queue_environments (                      -- at most one queued and one running build, by construction
    environment_id uuid primary key references environments on delete cascade,
    organization_id uuid not null references queue_organizations on delete cascade,
    running_build uuid,
    queued_build uuid,
    queued_priority smallint not null default 0,
    queued_sequence bigint
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index queue_environments_ready on queue_environments (organization_id, queued_priority, queued_sequence)
    where queued_build is not null and running_build is null;

create table builds (
    id uuid primary key,
    sequence bigint generated always as identity,      -- order of enqueueing
    organization_id uuid not null references organizations,
    app_id uuid not null references apps on delete cascade,
    environment_id uuid not null references environments on delete cascade,
    number int not null,                               -- counts per app, from 1
    kind text not null default 'build' check (kind in ('build', 'rollback')),
    design_version_id uuid not null references design_versions on delete cascade,
    release_id uuid,                                   -- what it made; for a rollback, what it goes back to
    state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'superseded')),
    reason text,                                       -- why it ended so, for people
    error jsonb,                                       -- {step, code, title, detail, hint}
    attempt int not null default 0,
    fence bigint,
    worker text,
    lease_until timestamptz,                           -- deliberately not indexed: heartbeats stay heap-only updates
    cancel_requested boolean not null default false,
    superseded_by uuid,
    trace_parent text,
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint builds_number_key unique (app_id, number)
) with (fillfactor = 80);
create index builds_running on builds (id) where state = 'running';
create index builds_page on builds (app_id, created_at, id);
create index builds_environment on builds (environment_id, sequence);

create table steps (
    build_id uuid not null references builds on delete cascade,
    organization_id uuid not null references organizations,
    name text not null check (name in ('provision', 'frontend', 'backend', 'bundle', 'database', 'publish', 'rollout')),
    position smallint not null,                        -- order of display
    state text not null default 'pending' check (state in ('pending', 'running', 'succeeded', 'failed', 'cancelled', 'skipped')),
    attempt int not null default 0,
    started_at timestamptz,
    finished_at timestamptz,
    output jsonb,
    error jsonb,                                       -- {code, title, detail, hint}
    primary key (build_id, name)
);

-- What happened in a build, in order: state changes and log lines alike, so that one cursor resumes both.
create table build_events (
    id bigint generated always as identity,
    build_id uuid not null references builds on delete cascade,
    organization_id uuid not null references organizations,
    at timestamptz not null default now(),
    type text not null check (type in ('build', 'step', 'log')),
    step text,
    data jsonb not null,                               -- build: {state, reason}; step: {name, state, …}; log: {level, line}
    primary key (build_id, id)
);

create table releases (
    id uuid primary key,
    organization_id uuid not null references organizations,
    app_id uuid not null references apps on delete cascade,
    environment_id uuid not null references environments on delete cascade,
    number int not null,                               -- counts per environment, from 1
    build_id uuid not null references builds on delete cascade,
    design_version_id uuid not null references design_versions on delete cascade,
    design_hash text not null,
    schema_position int not null,
    manifest jsonb not null,                           -- files with sizes and hashes
    size_bytes bigint not null,
    state text not null default 'ready' check (state in ('ready', 'removed')),   -- removed: its files were swept
    created_at timestamptz not null default now(),
    activated_at timestamptz,                          -- when it last went live
    constraint releases_number_key unique (environment_id, number),
    constraint releases_build_key unique (build_id)
);
alter table environments add constraint environments_live_release foreign key (live_release_id) references releases on delete set null;

-- Targets ----------------------------------------------------------------------------------------------------

-- The ledger: what a target made, or meant to make, for an app.
create table resources (
    id uuid primary key,
    organization_id uuid not null references organizations,
    app_id uuid not null,                              -- no foreign key: the ledger outlives what it describes until it is empty
    environment_id uuid not null,
    kind text not null,                                -- database, role, folder, process, …
    name text not null,                                -- unique in its kind and environment
    state text not null check (state in ('intended', 'present', 'deleting')),
    intended jsonb not null default '{}',
    observed jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint resources_name_key unique (environment_id, kind, name)
);

-- What the host shall run for an environment, and what it runs. Workers write desired_*, the host observed_*.
create table runtimes (
    environment_id uuid primary key,
    organization_id uuid not null references organizations,
    app_id uuid not null,
    host_label text not null unique,                   -- <app> or <environment>--<app>
    desired text not null check (desired in ('running', 'absent')),
    desired_release_id uuid,
    generation bigint not null default 1,              -- grows with every change of desired_*
    fence bigint not null default 0,                   -- of the build that wrote it last; an older one is refused
    build_id uuid,                                     -- whose log hears of it
    observed_generation bigint not null default 0,
    observed text not null default 'absent' check (observed in ('absent', 'starting', 'running', 'failed')),
    observed_release_id uuid,                          -- the release that traffic reaches
    message text,                                      -- why it failed, for people
    log_tail text,                                     -- last lines of the process that failed
    restarts int not null default 0,
    observed_at timestamptz
);

-- Work that is not a build: deleting, sweeping, delivering.
create table jobs (
    id uuid primary key,
    organization_id uuid references organizations on delete cascade,
    kind text not null,
    payload jsonb not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed')),
    run_at timestamptz not null default now(),
    attempt int not null default 0,
    fence bigint,
    worker text,
    lease_until timestamptz,
    error text,
    created_at timestamptz not null default now(),
    finished_at timestamptz
);
create index jobs_due on jobs (run_at) where state = 'queued';
create index jobs_running on jobs (id) where state = 'running';

-- Empty whenever the queue's counters agree with its rows.
create view queue_drift with (security_invoker = true) as
select o.organization_id, o.running, o.ready, r.real_running, r.real_ready
from queue_organizations o
cross join lateral (
    select count(*) filter (where e.running_build is not null) as real_running,
           count(*) filter (where e.running_build is null and e.queued_build is not null) as real_ready
    from queue_environments e where e.organization_id = o.organization_id
) r
where (o.running, o.ready) is distinct from (r.real_running, r.real_ready);

-- Row level security -----------------------------------------------------------------------------------------

do $$
declare t text;
begin
    foreach t in array array['api_tokens', 'apps', 'design_versions', 'environments', 'environment_migrations', 'queue_organizations',
        'queue_environments', 'builds', 'steps', 'build_events', 'releases', 'resources', 'runtimes', 'jobs', 'members'] loop
        execute format('alter table %I enable row level security', t);
        execute format('create policy tenant on %I to slipform_application using (organization_id = current_organization()) with check (organization_id = current_organization())', t);
        execute format('create policy worker on %I to slipform_worker using (true) with check (true)', t);
    end loop;
    foreach t in array array['apps', 'environments', 'releases', 'runtimes', 'resources', 'build_events'] loop
        execute format('create policy host on %I to slipform_host using (true) with check (true)', t);
    end loop;
end $$;

alter table organizations enable row level security;
create policy tenant on organizations to slipform_application
    using (id = current_organization()
        or exists (select from members m where m.organization_id = organizations.id and m.user_id = current_user_id()));
create policy found on organizations for insert to slipform_application with check (id = current_organization());
create policy worker on organizations to slipform_worker using (true);
-- A person sees their own memberships before an organization is chosen.
create policy self on members for select to slipform_application using (user_id = current_user_id());
-- A token is looked up by its hash before its organization is known.
create policy presented on api_tokens for select to slipform_application
    using (hash = decode(nullif(current_setting('slipform.token_hash', true), ''), 'hex'));

grant usage on schema public to slipform_application, slipform_worker, slipform_host;
grant select, insert, update, delete on users, organizations, members, api_tokens, sessions, apps, design_versions, environments
    to slipform_application;
grant select, insert, update on signing_keys, queue_organizations, queue_environments, builds, steps, releases, resources, runtimes, jobs to slipform_application;
grant select, insert on build_events to slipform_application;
grant select on environment_migrations, queue_drift to slipform_application, slipform_worker;
grant usage on sequence queue_turn, queue_fence to slipform_application, slipform_worker;
grant select on organizations, users, members, design_versions to slipform_worker;
grant select, insert, update, delete on apps, environments, environment_migrations, queue_organizations, queue_environments, builds, steps,
    build_events, releases, resources, runtimes, jobs to slipform_worker;
grant delete on design_versions, sessions, api_tokens to slipform_worker;
grant select on apps, environments, releases to slipform_host;
grant select, update, delete on runtimes to slipform_host;
grant select, insert, update, delete on resources to slipform_host;
grant insert on build_events to slipform_host;
