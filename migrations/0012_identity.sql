-- Signing keys rotate: the next one is published before it signs, and the private half of one that is retired is destroyed.
alter table signing_keys add column signs_from timestamptz not null default now();
update signing_keys set signs_from = created_at;
alter table signing_keys alter column sealed_private_key drop not null;
alter table signing_keys add constraint signing_keys_private check (sealed_private_key is not null or retired_at is not null);

-- What external issuers call people. Somebody who comes by one has no password.
alter table users alter column password_hash drop not null;
create table identities (
    id uuid primary key,
    issuer text not null check (length(issuer) between 1 and 500),
    subject text not null check (length(subject) between 1 and 255),
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null default now(),
    constraint identities_subject_key unique (issuer, subject)
);
create index identities_user on identities (user_id, created_at, id);

-- A sign-in by an identity ends with it, and at a fixed time however often it is refreshed.
alter table sessions add column identity_id uuid references identities on delete cascade;
alter table sessions add column ends_at timestamptz;
create index sessions_identity on sessions (identity_id);

-- The keys of external issuers as they were fetched last, for the time when an issuer does not answer.
create table oidc_issuers (
    issuer text primary key,
    jwks bytea not null check (length(jwks) <= 1048576),
    fetched_at timestamptz not null default now()
);
grant select, insert, delete on identities to slipform_application;
grant select, insert, update on oidc_issuers to slipform_application;
