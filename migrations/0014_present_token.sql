-- From the hash of an API token to what it stands for, in one round trip: every request of a program begins with it.

create function present_token(presented bytea)
returns table (id uuid, organization uuid, slug text, role text, scopes text[], created_by uuid)
language plpgsql as $$
#variable_conflict use_column
declare
    token record;
begin
    -- Row level security shows the row to whoever knows the hash, and after that the organization of the token alone. It is the caller's
    -- role that asks, and the settings end with the caller's transaction.
    perform set_config('slipform.token_hash', encode(presented, 'hex'), true);
    select t.id, t.organization_id, t.role, t.scopes, t.created_by, t.last_used_at into token
        from api_tokens t where t.hash = presented and t.revoked_at is null and (t.expires_at is null or t.expires_at > now());
    if not found then
        return;
    end if;
    perform set_config('slipform.organization', token.organization_id::text, true);
    -- Once a minute is enough.
    if token.last_used_at is null or token.last_used_at < now() - interval '1 minute' then
        update api_tokens t set last_used_at = now() where t.organization_id = token.organization_id and t.id = token.id;
    end if;
    return query select token.id, token.organization_id, o.slug, token.role, token.scopes, token.created_by
        from organizations o where o.id = token.organization_id;
end $$;
