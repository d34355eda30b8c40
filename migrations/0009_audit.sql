-- Who did what, when, from where, to what, before and after. A line is added by the mutation's own transaction and never changed; no
-- foreign keys, since it outlives what it tells of.
create table audit_log (
    id uuid primary key,
    organization_id uuid not null,
    at timestamptz not null default clock_timestamp(),                  -- granted to nobody: always the database's clock
    actor_kind text not null check (actor_kind in ('user', 'token', 'worker')),
    actor_id uuid,
    actor_name text not null,                                           -- as it was then
    operation text not null,
    subject_kind text not null,
    subject_id uuid,
    subject_name text not null,
    before jsonb,
    after jsonb,                                                        -- what changed; never a secret
    request_id uuid,
    address text,
    user_agent text check (length(user_agent) <= 300)
);
create index audit_log_page on audit_log (organization_id, at, id);
create function refuse_change() returns trigger language plpgsql as $$ begin raise exception '% is append-only', tg_table_name; end $$;
-- The owner's role, too.
create trigger append_only before update or delete on audit_log for each row execute function refuse_change();
create trigger append_only_whole before truncate on audit_log for each statement execute function refuse_change();
alter table audit_log enable row level security;
create policy read on audit_log for select to slipform_application using (organization_id = current_organization());
create policy append on audit_log for insert to slipform_application with check (organization_id = current_organization());
create policy worker on audit_log for insert to slipform_worker with check (true);
grant select on audit_log to slipform_application;
grant insert (id, organization_id, actor_kind, actor_id, actor_name, operation, subject_kind, subject_id, subject_name, before, after, request_id, address, user_agent)
    on audit_log to slipform_application, slipform_worker;
