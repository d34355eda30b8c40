//! What the planner's migrations stand on, and the statements by which they are applied. The database stage and
//! the generated `migrate.ts` use the same ones, in this order, in one transaction:
//!
//! 1. [`BOOKKEEPING`];
//! 2. [`LOCK`]: stop when the row's fence is above one's own, or its position is not what the plan began with;
//! 3. the refusals' `count_sql`: stop when one counts more than zero;
//! 4. the migration's `sql`;
//! 5. [`RECORD_MIGRATION`], and [`RECORD_STATE`] (which must change one row).
//!
//! A migration waits at most five seconds for a table that a live release keeps busy; then Postgres reports
//! `lock_not_available` (55P03), nothing has changed, and the step can be tried again.

/// Makes the schema `_slipform`. Idempotent; safe when several run it at once.
pub const BOOKKEEPING: &str = r#"SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(7310868735422018671);

CREATE SCHEMA IF NOT EXISTS "_slipform";

-- What exists: one row, locked by whoever changes it.
CREATE TABLE IF NOT EXISTS "_slipform"."schema" (
    "only_one" boolean PRIMARY KEY DEFAULT true CHECK ("only_one"),
    "position" integer NOT NULL,
    "state" jsonb NOT NULL,
    "fence" bigint NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS "_slipform"."migrations" (
    "position" integer PRIMARY KEY,
    "title" text NOT NULL,
    "sql" text NOT NULL,
    "applied_at" timestamptz NOT NULL DEFAULT now()
);

INSERT INTO "_slipform"."schema" ("position", "state") VALUES (0, '{}') ON CONFLICT DO NOTHING;

-- A value in the text form of another type, or null where it is no such value.
CREATE OR REPLACE FUNCTION "_slipform"."try_cast"("value" text, "type" text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET "TimeZone" = 'UTC' SET "DateStyle" = 'ISO' AS $body$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT %L::%s::text', "value", "type") INTO result;
    RETURN result;
EXCEPTION WHEN data_exception OR invalid_text_representation THEN
    RETURN NULL;
END
$body$;

-- Whether every item of a list matches a pattern.
CREATE OR REPLACE FUNCTION "_slipform"."every_matches"("items" text[], "pattern" text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT AS $body$
    SELECT NOT EXISTS (SELECT FROM unnest("items") AS "list" ("item") WHERE "item" !~ "pattern")
$body$;

-- Lower-case words joined by hyphens.
CREATE OR REPLACE FUNCTION "_slipform"."slug"("value" text) RETURNS text
LANGUAGE sql IMMUTABLE AS $body$
    SELECT coalesce(nullif(rtrim(left(ltrim(regexp_replace(lower(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            regexp_replace(normalize("value", NFKD), '[\u0300-\u036f]', '', 'g'),
            'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'),
            'ø', 'o'), 'Ø', 'o'), 'đ', 'd'), 'Đ', 'd'), 'ł', 'l'), 'Ł', 'l') COLLATE "C"
        ), '[^a-z0-9]+', '-', 'g'), '-'), 80), '-'), ''), 'item')
$body$;
"#;

/// Reads and locks what exists: `position` integer, `state` jsonb (a [`SchemaState`](super::SchemaState)), `fence` bigint.
pub const LOCK: &str = r#"SELECT "position", "state", "fence" FROM "_slipform"."schema" FOR UPDATE"#;

/// Records a migration: `$1` position, `$2` title, `$3` SQL.
pub const RECORD_MIGRATION: &str = r#"INSERT INTO "_slipform"."migrations" ("position", "title", "sql") VALUES ($1, $2, $3)"#;

/// Records what exists now: `$1` position, `$2` state (jsonb), `$3` fence. Changes one row, or none when a holder of
/// a higher fence was here.
pub const RECORD_STATE: &str = r#"UPDATE "_slipform"."schema" SET "position" = $1, "state" = $2, "fence" = $3 WHERE "fence" <= $3"#;

/// Moves the position alone, for an installation that only replays migrations: `$1` position.
pub const RECORD_POSITION: &str = r#"UPDATE "_slipform"."schema" SET "position" = $1"#;

/// The tables that every app has: its people and their sessions. The first migration makes them.
pub const FIXED_TABLES: &str = r#"CREATE TABLE "_user" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "email" text NOT NULL UNIQUE,
    "name" text NOT NULL,
    "password_hash" text,
    "roles" text[] NOT NULL DEFAULT '{}',
    "created_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "_user_email_lower" CHECK ("email" = lower("email" COLLATE "C"))
);

CREATE TABLE "_session" (
    "token_hash" bytea PRIMARY KEY,
    "user_id" uuid NOT NULL REFERENCES "_user" ("id") ON DELETE CASCADE,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "expires_at" timestamptz NOT NULL
);
CREATE INDEX "_session_user_id_idx" ON "_session" ("user_id");
CREATE INDEX "_session_expires_at_idx" ON "_session" ("expires_at");"#;
