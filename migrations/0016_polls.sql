-- Everything that a poll of a build asks for, in one round trip: whose credentials these are, what they may do in the organization, and which
-- version of the build there is. Builds are polled far more often than they change, so that the answer is mostly one that was given before.
--
-- Of whoever is not who they say, or is not in the organization, it gives nothing; whoever asks in the usual way learns why. It is the caller's
-- role that asks, under row level security, and the settings end with the caller's transaction.

create function poll_build(
    presented bytea, session uuid, person uuid,                        -- the hash of an API token; or an open sign-in, and whose it is
    organization uuid, organization_slug text, app uuid, app_slug text, build integer,
    out token uuid, out created_by uuid, out organization_id uuid, out slug text, out role text, out scopes text[],
    -- Null: there is no such build.
    out build_id uuid,
    -- Another one whenever any row of what is shown of a build is another one. A row's xmin is the transaction that wrote it.
    out version text
)
language plpgsql as $$
#variable_conflict use_variable
begin
    if presented is not null then
        select t.id, t.created_by, t.organization, t.slug, t.role, t.scopes into token, created_by, organization_id, slug, role, scopes
            from present_token(presented) t where t.organization = organization or organization is null and t.slug = organization_slug;
    else
        perform set_config('slipform.user', person::text, true);
        select o.id, o.slug, m.role into organization_id, slug, role
            from members m join organizations o on o.id = m.organization_id
            where m.user_id = person and (o.id = organization or organization is null and o.slug = organization_slug)
                and exists (select from sessions s where s.id = session and s.user_id = person and s.expires_at > now());
    end if;
    if organization_id is null then
        return;
    end if;
    perform set_config('slipform.organization', organization_id::text, true);
    select b.id,
            concat_ws(' ', a.xmin, e.xmin, b.xmin,
                (select string_agg(s.xmin::text, ' ' order by s.position) from steps s where s.organization_id = organization_id and s.build_id = b.id))
        into build_id, version
        from apps a
        join builds b on b.organization_id = organization_id and b.app_id = a.id and b.number = build
        join environments e on e.organization_id = organization_id and e.id = b.environment_id
        where a.organization_id = organization_id and (a.id = app or app is null and a.slug = app_slug);
end $$;
