-- AWS accounts of an organization, beside the installation's own: its apps can be placed in one of them.
create table accounts (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    name text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    region text not null,
    stack text not null,                               -- the foundation's stack there
    domain text not null,                              -- apps answer at <label>.<domain>
    role_arn text not null,                            -- assumed with the external id
    external_id text not null,                         -- made by us and no secret: without it, the role trusts nobody
    is_default boolean not null default false,         -- where the organization's new apps run
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    constraint accounts_name_key unique (organization_id, name)
);
create unique index accounts_default on accounts (organization_id) where is_default;
create index accounts_page on accounts (organization_id, created_at, id);

-- Where an app runs is settled when it is made. Null: the installation's own account, or its own machine.
alter table apps add column account_id uuid references accounts;
alter table apps add column domain text;               -- of its address, on AWS

alter table accounts enable row level security;
create policy tenant on accounts to slipform_application using (organization_id = current_organization()) with check (organization_id = current_organization());
create policy worker on accounts to slipform_worker using (true) with check (true);
grant select, insert, update, delete on accounts to slipform_application;
grant select on accounts to slipform_worker;
