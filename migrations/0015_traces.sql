-- The trace of what caused a job or an event, as a W3C traceparent, so that what follows from it is found in the same trace. Whoever changes
-- something says once in its transaction where it stands, as it says the organization.
create function current_trace() returns text language sql stable parallel safe
    as $$ select nullif(current_setting('slipform.trace_parent', true), '') $$;
alter table jobs add column trace_parent text;
alter table jobs alter column trace_parent set default current_trace();
alter table webhook_events add column trace_parent text;
alter table webhook_events alter column trace_parent set default current_trace();

-- An event of a build stands in the trace of whoever asked for the build, and in none if they had none; never in that of whoever cancels or replaces it.
drop function emit_event(uuid, text, jsonb);
create function emit_event(organization uuid, kind text, content jsonb, cause text default current_trace()) returns void language plpgsql
    set search_path = public, pg_temp as $$
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
    insert into webhook_events (organization_id, type, data, trace_parent) values (organization, kind, content, cause) returning id into event;
    insert into webhook_deliveries (organization_id, endpoint_id, event_id) select organization, unnest(endpoints), event;
    perform pg_notify('slipform_deliveries', '');
end $$;
revoke execute on function emit_event from public;

create or replace function tell_of_build() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
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
                'code', left(new.data #>> '{error,code}', 100), 'title', left(new.data #>> '{error,title}', 300)) end)), b.trace_parent)
    from builds b join design_versions v on v.id = b.design_version_id where b.id = new.build_id;
    return null;
end $$;

create or replace function tell_of_release() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    cause builds;
begin
    if not has_webhooks(new.organization_id) then
        return null;
    end if;
    -- Whoever brings a release live is the environment's running build: it stands in the trace of that.
    select b.* into cause from queue_environments q join builds b on b.id = q.running_build where q.environment_id = new.id;
    perform emit_event(new.organization_id, case when cause.kind = 'rollback' then 'release.rolled_back' else 'release.live' end, jsonb_build_object(
        'app', event_app(new.app_id), 'environment', event_environment(new.id), 'release', event_release(new.live_release_id),
        'previous', event_release(old.live_release_id)), cause.trace_parent);
    return null;
end $$;
