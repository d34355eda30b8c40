-- People come by invitation, and a refresh token that comes back after its use ends its session however long ago that was.
alter table members add column updated_at timestamptz not null default now();
create index members_page on members (organization_id, created_at, user_id);

create table invitations (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    email text not null check (email = lower(email) and length(email) <= 254),
    role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
    hash bytea not null constraint invitations_hash_key unique,         -- SHA-256 of the whole secret, which is shown once
    created_by uuid references users on delete set null,
    accepted_by uuid references users on delete set null,
    accepted_at timestamptz,
    revoked_at timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null default now()
);
create index invitations_page on invitations (organization_id, created_at, id);
create unique index invitations_open on invitations (organization_id, email) where accepted_at is null and revoked_at is null;
alter table invitations enable row level security;
create policy tenant on invitations to slipform_application
    using (organization_id = current_organization()) with check (organization_id = current_organization());
create policy worker on invitations to slipform_worker using (true) with check (true);
-- One is looked up by its hash before its organization is known.
create policy presented on invitations for select to slipform_application
    using (hash = decode(nullif(current_setting('slipform.token_hash', true), ''), 'hex'));
grant select, insert, update on invitations to slipform_application;

create table used_refresh_tokens (
    hash bytea primary key,
    session_id uuid not null references sessions on delete cascade
);
create index used_refresh_tokens_session on used_refresh_tokens (session_id);
grant select, insert, delete on used_refresh_tokens to slipform_application;
