-- Everything that a poll of a build asks for, in one round trip: whose credentials these are, what they may do in the organization, and which
-- version of the build there is. Builds are polled far more often than they change, so that the answer is mostly one that was given before.
--
-- It knows the way of those with whom everything is right. For all others it finds no build, and they are asked for one by one, which tells what
-- is wrong. It is the caller's role that asks, under row level security, and the settings end with the caller's transaction.

create function poll_build(
    presented bytea, session uuid, person uuid,                        -- the hash of an API token; or an open sign-in, and whose it is
    organization uuid, organization_slug text, app uuid, app_slug text, build integer,
    out token uuid, out created_by uuid, out organization_id uuid, out slug text, out role text, out scopes text[],
    out build_id uuid,
    -- Another one whenever any row of what is shown of a build is another one. A row's xmin is the transaction that wrote it.
    out version text
)
language plpgsql as $$
#variable_conflict use_variable
declare
    tenant uuid;
    known record;
begin
    if presented is not null then
        perform set_config('slipform.token_hash', encode(presented, 'hex'), true);
        select t.id, t.organization_id, t.role, t.scopes, t.created_by, t.last_used_at into known
            from api_tokens t where t.hash = presented and t.revoked_at is null and (t.expires_at is null or t.expires_at > now());
        -- A use that has to be noted is noted in the usual way.
        if not found or known.last_used_at is null or known.last_used_at < now() - interval '1 minute' then
            return;
        end if;
        tenant := known.organization_id;
        token := known.id;
        created_by := known.created_by;
        role := known.role;
        scopes := known.scopes;
    else
        perform set_config('slipform.user', person::text, true);
        select o.id, m.role into tenant, role
            from members m join organizations o on o.id = m.organization_id
            where m.user_id = person and (o.id = organization or organization is null and o.slug = organization_slug)
                and exists (select from sessions s where s.id = session and s.user_id = person and s.expires_at > now());
        if not found then
            return;
        end if;
    end if;
    perform set_config('slipform.organization', tenant::text, true);
    select o.id, o.slug, b.id,
            concat_ws(' ', a.xmin, e.xmin, b.xmin,
                (select string_agg(s.xmin::text, ' ' order by s.position) from steps s where s.organization_id = tenant and s.build_id = b.id))
        into organization_id, slug, build_id, version
        from organizations o
        join apps a on a.organization_id = o.id and (a.id = app or app is null and a.slug = app_slug)
        join builds b on b.organization_id = o.id and b.app_id = a.id and b.number = build
        join environments e on e.organization_id = o.id and e.id = b.environment_id
        where o.id = tenant and (o.id = organization or organization is null and o.slug = organization_slug);
end $$;
