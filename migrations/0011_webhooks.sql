-- Webhooks. Events are told by triggers, in the transaction of what they tell of: an event is there if and only if its cause is. Each
-- event has a delivery for each endpoint that wants it: outbox and log at once.

create table webhook_endpoints (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    url text not null check (length(url) <= 2000),
    description text not null check (length(description) <= 200),
    types text[] not null,                             -- which events; empty: all
    state text not null default 'enabled' check (state in ('enabled', 'disabled')),
    message text,                                      -- why it was disabled without anybody's wish, for people
    failing_since timestamptz,                         -- since when nothing has arrived
    sealed_secret bytea not null,                      -- encrypted; signs
    sealed_previous_secret bytea,                      -- signs as well, until then
    previous_until timestamptz,
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index webhook_endpoints_page on webhook_endpoints (organization_id, created_at, id);
create index webhook_endpoints_enabled on webhook_endpoints (organization_id) where state = 'enabled';

create table webhook_events (
    id uuid primary key default gen_random_uuid(),     -- webhook-id is msg_<id>, in every attempt
    organization_id uuid not null references organizations on delete cascade,
    type text not null,
    data jsonb not null,
    at timestamptz not null default clock_timestamp()
);
create index webhook_events_age on webhook_events (at);

create table webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    endpoint_id uuid not null references webhook_endpoints on delete cascade,
    event_id uuid not null references webhook_events on delete cascade,
    state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed')),
    run_at timestamptz not null default now(),
    attempt int not null default 0,                    -- how often it was tried since it was made, or sent again on request
    fence bigint,
    worker text,
    lease_until timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    constraint webhook_deliveries_event_key unique (endpoint_id, event_id)
) with (fillfactor = 80);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, run_at) where state = 'queued';
create index webhook_deliveries_running on webhook_deliveries (organization_id, endpoint_id) where state = 'running';
create index webhook_deliveries_event on webhook_deliveries (event_id);
create index webhook_deliveries_page on webhook_deliveries (endpoint_id, created_at, id);

create table webhook_attempts (
    id bigint generated always as identity,
    delivery_id uuid not null references webhook_deliveries on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    at timestamptz not null,
    request_headers jsonb not null,                    -- [[name, value], …], without the signatures
    status smallint,                                   -- null: no answer came
    response_headers jsonb not null,
    response_body text not null,                       -- its first 4 KiB
    error text,
    duration_ms int not null,
    primary key (delivery_id, id)
);

-- Whether an environment is known not to answer, so that each change is told once.
alter table runtimes add column unhealthy_since timestamptz;

do $$
declare t text;
begin
    foreach t in array array['webhook_endpoints', 'webhook_events', 'webhook_deliveries', 'webhook_attempts'] loop
        execute format('alter table %I enable row level security', t);
        execute format('create policy tenant on %I to slipform_application using (organization_id = current_organization()) with check (organization_id = current_organization())', t);
        execute format('create policy worker on %I to slipform_worker using (true) with check (true)', t);
    end loop;
end $$;
grant select, insert, update, delete on webhook_endpoints to slipform_application;
grant select, insert on webhook_events, webhook_deliveries to slipform_application;     -- of tests; all others come from the triggers
grant update (state, run_at, attempt, finished_at) on webhook_deliveries to slipform_application;
grant select on webhook_attempts to slipform_application;
grant select, update (state, message, failing_since, updated_at) on webhook_endpoints to slipform_worker;
grant select, delete on webhook_events to slipform_worker;
grant select, update on webhook_deliveries to slipform_worker;
grant insert on webhook_attempts to slipform_worker;

-- What is told ------------------------------------------------------------------------------------------------
-- The triggers run as the owner of the tables, so that whoever changes a build or a process needs no right to see endpoints, or to make
-- events: nobody can tell of what did not happen. The organization is always that of the changed row. An organization without an endpoint
-- costs one look into an index. `EventKind` in src/domain has the same words. Texts are cut: a body has less than 20 kB.

create function has_webhooks(organization uuid) returns boolean language sql stable set search_path = public, pg_temp
    as $$ select exists (select from webhook_endpoints where organization_id = organization and state = 'enabled') $$;

create function emit_event(organization uuid, kind text, content jsonb) returns void language plpgsql set search_path = public, pg_temp as $$
declare
    endpoints uuid[];
    event uuid;
begin
    -- Locked: one that is deleted meanwhile would otherwise undo what is told of.
    select array_agg(wanted.id) into endpoints from (
        select e.id from webhook_endpoints e
        where e.organization_id = organization and e.state = 'enabled' and (e.types = '{}' or kind = any (e.types)) order by e.id for key share
    ) as wanted;
    if endpoints is null then
        return;
    end if;
    insert into webhook_events (organization_id, type, data) values (organization, kind, content) returning id into event;
    insert into webhook_deliveries (organization_id, endpoint_id, event_id) select organization, unnest(endpoints), event;
    perform pg_notify('slipform_deliveries', '');
end $$;

create function event_app(app uuid) returns jsonb language sql stable set search_path = public, pg_temp
    as $$ select jsonb_build_object('id', id, 'slug', slug, 'name', name) from apps where id = app $$;
create function event_environment(environment uuid) returns jsonb language sql stable set search_path = public, pg_temp
    as $$ select jsonb_build_object('id', id, 'slug', slug, 'kind', kind) from environments where id = environment $$;
create function event_release(release uuid) returns jsonb language sql stable set search_path = public, pg_temp
    as $$ select jsonb_build_object('id', r.id, 'number', r.number, 'designVersion', v.number)
          from releases r join design_versions v on v.id = r.design_version_id where r.id = release $$;

create function tell_of_build() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- A request to cancel is not the end of it.
    if new.data ->> 'state' is null or new.data ? 'cancelRequested' or not has_webhooks(new.organization_id) then
        return null;
    end if;
    perform emit_event(new.organization_id, 'build.' || (new.data ->> 'state'), jsonb_build_object(
        'app', event_app(b.app_id),
        'environment', event_environment(b.environment_id),
        'build', jsonb_build_object('id', b.id, 'number', b.number, 'kind', b.kind, 'state', new.data ->> 'state', 'attempt', b.attempt,
            'designVersion', v.number, 'reason', left(new.data ->> 'reason', 500),
            'error', case when jsonb_typeof(new.data -> 'error') = 'object' then jsonb_build_object('step', new.data #>> '{error,step}',
                'code', left(new.data #>> '{error,code}', 100), 'title', left(new.data #>> '{error,title}', 300)) end)))
    from builds b join design_versions v on v.id = b.design_version_id where b.id = new.build_id;
    return null;
end $$;
create trigger tell_of_build after insert on build_events for each row when (new.type = 'build') execute function tell_of_build();

create function tell_of_release() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    rollback boolean;
begin
    if not has_webhooks(new.organization_id) then
        return null;
    end if;
    -- Whoever brings a release live is the environment's running build.
    rollback := exists (select from queue_environments q join builds b on b.id = q.running_build where q.environment_id = new.id and b.kind = 'rollback');
    perform emit_event(new.organization_id, case when rollback then 'release.rolled_back' else 'release.live' end, jsonb_build_object(
        'app', event_app(new.app_id), 'environment', event_environment(new.id), 'release', event_release(new.live_release_id),
        'previous', event_release(old.live_release_id)));
    return null;
end $$;
create trigger tell_of_release after update of live_release_id on environments for each row
    when (new.live_release_id is not null and new.live_release_id is distinct from old.live_release_id) execute function tell_of_release();

create function tell_of_environment() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    told environments := case when tg_op = 'DELETE' then old else new end;
begin
    if not has_webhooks(told.organization_id) then
        return null;
    end if;
    -- Its app is there still: a job removes the environments first.
    perform emit_event(told.organization_id, case when tg_op = 'DELETE' then 'environment.deleted' else 'environment.created' end, jsonb_build_object(
        'app', event_app(a.id), 'environment', jsonb_build_object('id', told.id, 'slug', told.slug, 'kind', told.kind)))
    from apps a where a.id = told.app_id;
    return null;
end $$;
create trigger tell_of_environment after insert or delete on environments for each row execute function tell_of_environment();

create function tell_of_drift() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if jsonb_array_length(new.drift) = 0 or not has_webhooks(new.organization_id) then
        return null;
    end if;
    perform emit_event(new.organization_id, 'environment.drifted', jsonb_build_object(
        'app', event_app(new.app_id), 'environment', event_environment(new.id),
        'differences', (select jsonb_agg(jsonb_build_object('kind', left(d ->> 'kind', 100), 'name', left(d ->> 'name', 200), 'detail', left(d ->> 'detail', 300)))
            from (select d from jsonb_array_elements(new.drift) d limit 10) as first)));
    return null;
end $$;
create trigger tell_of_drift after update of drift on environments for each row
    when (new.drift is not null and new.drift is distinct from old.drift) execute function tell_of_drift();

create function tell_of_app() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    told apps := case when tg_op = 'DELETE' then old else new end;
begin
    if has_webhooks(told.organization_id) then
        perform emit_event(told.organization_id, case when tg_op = 'DELETE' then 'app.deleted' else 'app.created' end,
            jsonb_build_object('app', jsonb_build_object('id', told.id, 'slug', told.slug, 'name', told.name)));
    end if;
    return null;
end $$;
create trigger tell_of_app after insert or delete on apps for each row execute function tell_of_app();

create function tell_of_design() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if has_webhooks(new.organization_id) then
        perform emit_event(new.organization_id, 'design.pushed', jsonb_build_object('app', event_app(new.app_id),
            'design', jsonb_build_object('version', new.number, 'hash', new.hash, 'message', new.message)));
    end if;
    return null;
end $$;
create trigger tell_of_design after insert on design_versions for each row execute function tell_of_design();

create function tell_of_domain() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if has_webhooks(new.organization_id) then
        perform emit_event(new.organization_id, 'domain.' || new.state, jsonb_build_object('app', event_app(new.app_id),
            'environment', event_environment(new.environment_id),
            'domain', jsonb_build_object('id', new.id, 'name', new.name, 'state', new.state, 'message', left(new.message, 500))));
    end if;
    return null;
end $$;
create trigger tell_of_domain after update of state on domains for each row
    when (new.state in ('active', 'failed') and new.state is distinct from old.state) execute function tell_of_domain();

-- The process of a live release is gone, or does not come up: unhealthy, until it runs again. That a candidate does not come up is told by
-- its build, and what was live still is.
create function tell_of_health() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was timestamptz := old.unhealthy_since;
begin
    if new.observed in ('running', 'absent') then
        new.unhealthy_since := null;
    elsif was is null and new.observed_release_id is not null
        and (new.observed = 'starting' or new.observed = 'failed' and new.observed_release_id is not distinct from new.desired_release_id) then
        new.unhealthy_since := clock_timestamp();
    end if;
    if (new.unhealthy_since is null) = (was is null) or new.observed = 'absent' or not has_webhooks(new.organization_id) then
        return new;
    end if;
    perform emit_event(new.organization_id, case when was is null then 'environment.unhealthy' else 'environment.recovered' end, jsonb_build_object(
        'app', event_app(new.app_id), 'environment', event_environment(new.environment_id), 'release', event_release(new.observed_release_id),
        'message', left(new.message, 500), 'restarts', new.restarts));
    return new;
end $$;
create trigger tell_of_health before update of observed on runtimes for each row execute function tell_of_health();

-- One that was disabled without anybody's wish: the others are told.
create function tell_of_endpoint() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform emit_event(new.organization_id, 'endpoint.disabled',
        jsonb_build_object('webhook', jsonb_build_object('id', new.id, 'description', new.description, 'message', new.message)));
    return null;
end $$;
create trigger tell_of_endpoint after update of state on webhook_endpoints for each row
    when (old.state = 'enabled' and new.state = 'disabled' and new.message is not null) execute function tell_of_endpoint();

revoke execute on function has_webhooks, emit_event, event_app, event_environment, event_release, tell_of_build, tell_of_release, tell_of_environment,
    tell_of_drift, tell_of_app, tell_of_design, tell_of_domain, tell_of_health, tell_of_endpoint from public;
