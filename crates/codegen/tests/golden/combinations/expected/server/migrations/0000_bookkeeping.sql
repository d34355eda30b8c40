SET LOCAL client_min_messages = warning;
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
