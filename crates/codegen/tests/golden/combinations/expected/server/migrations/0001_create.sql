-- 0001 create
--
-- Added Single.
-- Added Collection.
-- Added Leaf.
-- Added Tie.
-- Added Sealed.

SET LOCAL lock_timeout = '5s';

-- New tables
CREATE TABLE "_user" (
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
CREATE INDEX "_session_expires_at_idx" ON "_session" ("expires_at");

CREATE TABLE "singles" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "source" text NOT NULL,
    "string_limited" text DEFAULT 'Ada',
    "string_needed" text NOT NULL,
    "string_fixed" text DEFAULT 'Ada',
    "string_given" text,
    "string_closed" text,
    "text_limited" text DEFAULT 'Some words.',
    "text_needed" text NOT NULL,
    "text_fixed" text DEFAULT 'Some words.',
    "text_given" text,
    "text_closed" text,
    "integer_limited" integer DEFAULT 4,
    "integer_needed" integer NOT NULL,
    "integer_fixed" integer DEFAULT 4,
    "integer_given" integer,
    "integer_closed" integer,
    "bigint_limited" bigint DEFAULT 4,
    "bigint_needed" bigint NOT NULL,
    "bigint_fixed" bigint DEFAULT 4,
    "bigint_given" bigint,
    "bigint_closed" bigint,
    "decimal_limited" numeric(6, 2) DEFAULT 4.50,
    "decimal_needed" numeric(6, 2) NOT NULL,
    "decimal_fixed" numeric(6, 2) DEFAULT 4.50,
    "decimal_given" numeric(6, 2),
    "decimal_closed" numeric(6, 2),
    "money_limited" numeric(19, 2) DEFAULT 4.50,
    "money_needed" numeric(19, 2) NOT NULL,
    "money_fixed" numeric(19, 2) DEFAULT 4.50,
    "money_given" numeric(19, 2),
    "money_closed" numeric(19, 2),
    "boolean_limited" boolean DEFAULT true,
    "boolean_needed" boolean NOT NULL,
    "boolean_fixed" boolean DEFAULT true,
    "boolean_given" boolean,
    "boolean_closed" boolean,
    "date_limited" date DEFAULT '2026-05-01'::date,
    "date_needed" date NOT NULL,
    "date_fixed" date DEFAULT '2026-05-01'::date,
    "date_given" date,
    "date_closed" date,
    "datetime_limited" timestamptz DEFAULT '2026-05-01T06:30:00.000Z'::timestamptz,
    "datetime_needed" timestamptz NOT NULL,
    "datetime_fixed" timestamptz DEFAULT '2026-05-01T06:30:00.000Z'::timestamptz,
    "datetime_given" timestamptz,
    "datetime_closed" timestamptz,
    "duration_limited" bigint DEFAULT 60,
    "duration_needed" bigint NOT NULL,
    "duration_fixed" bigint DEFAULT 60,
    "duration_given" bigint,
    "duration_closed" bigint,
    "enum_limited" text DEFAULT 'color-red',
    "enum_needed" text NOT NULL,
    "enum_fixed" text DEFAULT 'color-red',
    "enum_given" text,
    "enum_closed" text,
    "uuid_limited" uuid DEFAULT '6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13'::uuid,
    "uuid_needed" uuid NOT NULL,
    "uuid_fixed" uuid DEFAULT '6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13'::uuid,
    "uuid_given" uuid,
    "uuid_closed" uuid,
    "email_limited" text DEFAULT 'ada@example.com',
    "email_needed" text NOT NULL,
    "email_fixed" text DEFAULT 'ada@example.com',
    "email_given" text,
    "email_closed" text,
    "url_limited" text DEFAULT 'https://example.com',
    "url_needed" text NOT NULL,
    "url_fixed" text DEFAULT 'https://example.com',
    "url_given" text,
    "url_closed" text,
    "phone_limited" text DEFAULT '+4930123456',
    "phone_needed" text NOT NULL,
    "phone_fixed" text DEFAULT '+4930123456',
    "phone_given" text,
    "phone_closed" text,
    "slug_limited" text,
    "slug_needed" text NOT NULL,
    "slug_fixed" text,
    "slug_given" text,
    "slug_closed" text,
    "json_limited" jsonb DEFAULT '{"a":1}'::jsonb,
    "json_needed" jsonb NOT NULL,
    "json_fixed" jsonb DEFAULT '{"a":1}'::jsonb,
    "json_given" jsonb,
    "json_closed" jsonb,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "singles_source_length" CHECK (char_length("source") <= 255),
    CONSTRAINT "singles_string_limited_length" CHECK (char_length("string_limited") BETWEEN 2 AND 40),
    CONSTRAINT "singles_string_limited_pattern" CHECK ("string_limited" ~ '^(?:[A-Z][ 0-9A-Za-z]*)$'),
    CONSTRAINT "singles_string_needed_length" CHECK (char_length("string_needed") <= 255),
    CONSTRAINT "singles_string_fixed_length" CHECK (char_length("string_fixed") <= 255),
    CONSTRAINT "singles_string_given_length" CHECK (char_length("string_given") <= 255),
    CONSTRAINT "singles_string_closed_length" CHECK (char_length("string_closed") <= 255),
    CONSTRAINT "singles_text_limited_length" CHECK (char_length("text_limited") BETWEEN 2 AND 4000),
    CONSTRAINT "singles_text_needed_length" CHECK (char_length("text_needed") <= 100000),
    CONSTRAINT "singles_text_fixed_length" CHECK (char_length("text_fixed") <= 100000),
    CONSTRAINT "singles_text_given_length" CHECK (char_length("text_given") <= 100000),
    CONSTRAINT "singles_text_closed_length" CHECK (char_length("text_closed") <= 100000),
    CONSTRAINT "singles_integer_limited_min" CHECK ("integer_limited" >= -10),
    CONSTRAINT "singles_integer_limited_max" CHECK ("integer_limited" <= 1000),
    CONSTRAINT "singles_bigint_limited_min" CHECK ("bigint_limited" >= -10),
    CONSTRAINT "singles_bigint_limited_max" CHECK ("bigint_limited" <= 9007199254740993),
    CONSTRAINT "singles_decimal_limited_min" CHECK ("decimal_limited" >= -10.00),
    CONSTRAINT "singles_decimal_limited_max" CHECK ("decimal_limited" <= 999.99),
    CONSTRAINT "singles_money_limited_min" CHECK ("money_limited" >= 0.00),
    CONSTRAINT "singles_money_limited_max" CHECK ("money_limited" <= 5000.00),
    CONSTRAINT "singles_date_limited_min" CHECK ("date_limited" >= '2000-01-01'::date),
    CONSTRAINT "singles_date_limited_max" CHECK ("date_limited" <= '2199-12-31'::date),
    CONSTRAINT "singles_datetime_limited_min" CHECK ("datetime_limited" >= '2000-01-01T00:00:00.000Z'::timestamptz),
    CONSTRAINT "singles_datetime_limited_max" CHECK ("datetime_limited" <= '2199-12-31T23:59:59.000Z'::timestamptz),
    CONSTRAINT "singles_duration_limited_min" CHECK ("duration_limited" >= 1),
    CONSTRAINT "singles_duration_limited_max" CHECK ("duration_limited" <= 86400),
    CONSTRAINT "singles_enum_limited_values" CHECK ("enum_limited" IN ('color-blue', 'color-green', 'color-red')),
    CONSTRAINT "singles_enum_needed_values" CHECK ("enum_needed" IN ('color-blue', 'color-green', 'color-red')),
    CONSTRAINT "singles_enum_fixed_values" CHECK ("enum_fixed" IN ('color-blue', 'color-green', 'color-red')),
    CONSTRAINT "singles_enum_given_values" CHECK ("enum_given" IN ('color-blue', 'color-green', 'color-red')),
    CONSTRAINT "singles_enum_closed_values" CHECK ("enum_closed" IN ('color-blue', 'color-green', 'color-red')),
    CONSTRAINT "singles_email_limited_length" CHECK (char_length("email_limited") <= 254),
    CONSTRAINT "singles_email_limited_form" CHECK ("email_limited" = lower("email_limited" COLLATE "C")),
    CONSTRAINT "singles_email_needed_length" CHECK (char_length("email_needed") <= 254),
    CONSTRAINT "singles_email_needed_form" CHECK ("email_needed" = lower("email_needed" COLLATE "C")),
    CONSTRAINT "singles_email_fixed_length" CHECK (char_length("email_fixed") <= 254),
    CONSTRAINT "singles_email_fixed_form" CHECK ("email_fixed" = lower("email_fixed" COLLATE "C")),
    CONSTRAINT "singles_email_given_length" CHECK (char_length("email_given") <= 254),
    CONSTRAINT "singles_email_given_form" CHECK ("email_given" = lower("email_given" COLLATE "C")),
    CONSTRAINT "singles_email_closed_length" CHECK (char_length("email_closed") <= 254),
    CONSTRAINT "singles_email_closed_form" CHECK ("email_closed" = lower("email_closed" COLLATE "C")),
    CONSTRAINT "singles_url_limited_length" CHECK (char_length("url_limited") <= 2048),
    CONSTRAINT "singles_url_limited_form" CHECK ("url_limited" ~ '^https?://'),
    CONSTRAINT "singles_url_needed_length" CHECK (char_length("url_needed") <= 2048),
    CONSTRAINT "singles_url_needed_form" CHECK ("url_needed" ~ '^https?://'),
    CONSTRAINT "singles_url_fixed_length" CHECK (char_length("url_fixed") <= 2048),
    CONSTRAINT "singles_url_fixed_form" CHECK ("url_fixed" ~ '^https?://'),
    CONSTRAINT "singles_url_given_length" CHECK (char_length("url_given") <= 2048),
    CONSTRAINT "singles_url_given_form" CHECK ("url_given" ~ '^https?://'),
    CONSTRAINT "singles_url_closed_length" CHECK (char_length("url_closed") <= 2048),
    CONSTRAINT "singles_url_closed_form" CHECK ("url_closed" ~ '^https?://'),
    CONSTRAINT "singles_phone_limited_length" CHECK (char_length("phone_limited") <= 16),
    CONSTRAINT "singles_phone_limited_form" CHECK ("phone_limited" ~ '^[+][1-9][0-9]{1,14}$'),
    CONSTRAINT "singles_phone_needed_length" CHECK (char_length("phone_needed") <= 16),
    CONSTRAINT "singles_phone_needed_form" CHECK ("phone_needed" ~ '^[+][1-9][0-9]{1,14}$'),
    CONSTRAINT "singles_phone_fixed_length" CHECK (char_length("phone_fixed") <= 16),
    CONSTRAINT "singles_phone_fixed_form" CHECK ("phone_fixed" ~ '^[+][1-9][0-9]{1,14}$'),
    CONSTRAINT "singles_phone_given_length" CHECK (char_length("phone_given") <= 16),
    CONSTRAINT "singles_phone_given_form" CHECK ("phone_given" ~ '^[+][1-9][0-9]{1,14}$'),
    CONSTRAINT "singles_phone_closed_length" CHECK (char_length("phone_closed") <= 16),
    CONSTRAINT "singles_phone_closed_form" CHECK ("phone_closed" ~ '^[+][1-9][0-9]{1,14}$'),
    CONSTRAINT "singles_slug_limited_length" CHECK (char_length("slug_limited") <= 100),
    CONSTRAINT "singles_slug_limited_form" CHECK ("slug_limited" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT "singles_slug_needed_length" CHECK (char_length("slug_needed") <= 100),
    CONSTRAINT "singles_slug_needed_form" CHECK ("slug_needed" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT "singles_slug_fixed_length" CHECK (char_length("slug_fixed") <= 100),
    CONSTRAINT "singles_slug_fixed_form" CHECK ("slug_fixed" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT "singles_slug_given_length" CHECK (char_length("slug_given") <= 100),
    CONSTRAINT "singles_slug_given_form" CHECK ("slug_given" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT "singles_slug_closed_length" CHECK (char_length("slug_closed") <= 100),
    CONSTRAINT "singles_slug_closed_form" CHECK ("slug_closed" ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
);

CREATE TABLE "collections" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "string_limited" text[] DEFAULT ARRAY['Ada', 'Bob']::text[],
    "string_needed" text[] NOT NULL,
    "string_fixed" text[] DEFAULT ARRAY['Ada', 'Bob']::text[],
    "string_given" text[],
    "string_closed" text[],
    "integer_limited" integer[] DEFAULT ARRAY[4, 5]::integer[],
    "integer_needed" integer[] NOT NULL,
    "integer_fixed" integer[] DEFAULT ARRAY[4, 5]::integer[],
    "integer_given" integer[],
    "integer_closed" integer[],
    "bigint_limited" bigint[] DEFAULT ARRAY[4, 5]::bigint[],
    "bigint_needed" bigint[] NOT NULL,
    "bigint_fixed" bigint[] DEFAULT ARRAY[4, 5]::bigint[],
    "bigint_given" bigint[],
    "bigint_closed" bigint[],
    "decimal_limited" numeric(6, 2)[] DEFAULT ARRAY[4.50, 5.25]::numeric(6, 2)[],
    "decimal_needed" numeric(6, 2)[] NOT NULL,
    "decimal_fixed" numeric(6, 2)[] DEFAULT ARRAY[4.50, 5.25]::numeric(6, 2)[],
    "decimal_given" numeric(6, 2)[],
    "decimal_closed" numeric(6, 2)[],
    "money_limited" numeric(19, 2)[] DEFAULT ARRAY[4.50, 5.00]::numeric(19, 2)[],
    "money_needed" numeric(19, 2)[] NOT NULL,
    "money_fixed" numeric(19, 2)[] DEFAULT ARRAY[4.50, 5.00]::numeric(19, 2)[],
    "money_given" numeric(19, 2)[],
    "money_closed" numeric(19, 2)[],
    "boolean_limited" boolean[] DEFAULT ARRAY[true, false]::boolean[],
    "boolean_needed" boolean[] NOT NULL,
    "boolean_fixed" boolean[] DEFAULT ARRAY[true, false]::boolean[],
    "boolean_given" boolean[],
    "boolean_closed" boolean[],
    "date_limited" date[] DEFAULT ARRAY['2026-05-01'::date, '2026-06-01'::date]::date[],
    "date_needed" date[] NOT NULL,
    "date_fixed" date[] DEFAULT ARRAY['2026-05-01'::date, '2026-06-01'::date]::date[],
    "date_given" date[],
    "date_closed" date[],
    "datetime_limited" timestamptz[] DEFAULT ARRAY['2026-05-01T06:30:00.000Z'::timestamptz, '2026-06-01T06:30:00.000Z'::timestamptz]::timestamptz[],
    "datetime_needed" timestamptz[] NOT NULL,
    "datetime_fixed" timestamptz[] DEFAULT ARRAY['2026-05-01T06:30:00.000Z'::timestamptz, '2026-06-01T06:30:00.000Z'::timestamptz]::timestamptz[],
    "datetime_given" timestamptz[],
    "datetime_closed" timestamptz[],
    "duration_limited" bigint[] DEFAULT ARRAY[60, 90]::bigint[],
    "duration_needed" bigint[] NOT NULL,
    "duration_fixed" bigint[] DEFAULT ARRAY[60, 90]::bigint[],
    "duration_given" bigint[],
    "duration_closed" bigint[],
    "enum_limited" text[] DEFAULT ARRAY['color-red', 'color-blue']::text[],
    "enum_needed" text[] NOT NULL,
    "enum_fixed" text[] DEFAULT ARRAY['color-red', 'color-blue']::text[],
    "enum_given" text[],
    "enum_closed" text[],
    "uuid_limited" uuid[] DEFAULT ARRAY['6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13'::uuid, '6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b14'::uuid]::uuid[],
    "uuid_needed" uuid[] NOT NULL,
    "uuid_fixed" uuid[] DEFAULT ARRAY['6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13'::uuid, '6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b14'::uuid]::uuid[],
    "uuid_given" uuid[],
    "uuid_closed" uuid[],
    "email_limited" text[] DEFAULT ARRAY['ada@example.com', 'bob@example.com']::text[],
    "email_needed" text[] NOT NULL,
    "email_fixed" text[] DEFAULT ARRAY['ada@example.com', 'bob@example.com']::text[],
    "email_given" text[],
    "email_closed" text[],
    "url_limited" text[] DEFAULT ARRAY['https://example.com', 'https://example.org/a']::text[],
    "url_needed" text[] NOT NULL,
    "url_fixed" text[] DEFAULT ARRAY['https://example.com', 'https://example.org/a']::text[],
    "url_given" text[],
    "url_closed" text[],
    "phone_limited" text[] DEFAULT ARRAY['+4930123456', '+4930123457']::text[],
    "phone_needed" text[] NOT NULL,
    "phone_fixed" text[] DEFAULT ARRAY['+4930123456', '+4930123457']::text[],
    "phone_given" text[],
    "phone_closed" text[],
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "collections_string_limited_length" CHECK (cardinality("string_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_string_limited_pattern" CHECK ("_slipform"."every_matches"("string_limited", '^(?:[A-Z][ 0-9A-Za-z]*)$')),
    CONSTRAINT "collections_string_needed_length" CHECK (cardinality("string_needed") <= 100),
    CONSTRAINT "collections_string_fixed_length" CHECK (cardinality("string_fixed") <= 100),
    CONSTRAINT "collections_string_given_length" CHECK (cardinality("string_given") <= 100),
    CONSTRAINT "collections_string_closed_length" CHECK (cardinality("string_closed") <= 100),
    CONSTRAINT "collections_integer_limited_min" CHECK (-10 <= ALL ("integer_limited")),
    CONSTRAINT "collections_integer_limited_max" CHECK (1000 >= ALL ("integer_limited")),
    CONSTRAINT "collections_integer_limited_length" CHECK (cardinality("integer_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_integer_needed_length" CHECK (cardinality("integer_needed") <= 100),
    CONSTRAINT "collections_integer_fixed_length" CHECK (cardinality("integer_fixed") <= 100),
    CONSTRAINT "collections_integer_given_length" CHECK (cardinality("integer_given") <= 100),
    CONSTRAINT "collections_integer_closed_length" CHECK (cardinality("integer_closed") <= 100),
    CONSTRAINT "collections_bigint_limited_min" CHECK (-10 <= ALL ("bigint_limited")),
    CONSTRAINT "collections_bigint_limited_max" CHECK (9007199254740993 >= ALL ("bigint_limited")),
    CONSTRAINT "collections_bigint_limited_length" CHECK (cardinality("bigint_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_bigint_needed_length" CHECK (cardinality("bigint_needed") <= 100),
    CONSTRAINT "collections_bigint_fixed_length" CHECK (cardinality("bigint_fixed") <= 100),
    CONSTRAINT "collections_bigint_given_length" CHECK (cardinality("bigint_given") <= 100),
    CONSTRAINT "collections_bigint_closed_length" CHECK (cardinality("bigint_closed") <= 100),
    CONSTRAINT "collections_decimal_limited_min" CHECK (-10.00 <= ALL ("decimal_limited")),
    CONSTRAINT "collections_decimal_limited_max" CHECK (999.99 >= ALL ("decimal_limited")),
    CONSTRAINT "collections_decimal_limited_length" CHECK (cardinality("decimal_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_decimal_needed_length" CHECK (cardinality("decimal_needed") <= 100),
    CONSTRAINT "collections_decimal_fixed_length" CHECK (cardinality("decimal_fixed") <= 100),
    CONSTRAINT "collections_decimal_given_length" CHECK (cardinality("decimal_given") <= 100),
    CONSTRAINT "collections_decimal_closed_length" CHECK (cardinality("decimal_closed") <= 100),
    CONSTRAINT "collections_money_limited_min" CHECK (0.00 <= ALL ("money_limited")),
    CONSTRAINT "collections_money_limited_max" CHECK (5000.00 >= ALL ("money_limited")),
    CONSTRAINT "collections_money_limited_length" CHECK (cardinality("money_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_money_needed_length" CHECK (cardinality("money_needed") <= 100),
    CONSTRAINT "collections_money_fixed_length" CHECK (cardinality("money_fixed") <= 100),
    CONSTRAINT "collections_money_given_length" CHECK (cardinality("money_given") <= 100),
    CONSTRAINT "collections_money_closed_length" CHECK (cardinality("money_closed") <= 100),
    CONSTRAINT "collections_boolean_limited_length" CHECK (cardinality("boolean_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_boolean_needed_length" CHECK (cardinality("boolean_needed") <= 100),
    CONSTRAINT "collections_boolean_fixed_length" CHECK (cardinality("boolean_fixed") <= 100),
    CONSTRAINT "collections_boolean_given_length" CHECK (cardinality("boolean_given") <= 100),
    CONSTRAINT "collections_boolean_closed_length" CHECK (cardinality("boolean_closed") <= 100),
    CONSTRAINT "collections_date_limited_min" CHECK ('2000-01-01'::date <= ALL ("date_limited")),
    CONSTRAINT "collections_date_limited_max" CHECK ('2199-12-31'::date >= ALL ("date_limited")),
    CONSTRAINT "collections_date_limited_length" CHECK (cardinality("date_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_date_needed_length" CHECK (cardinality("date_needed") <= 100),
    CONSTRAINT "collections_date_fixed_length" CHECK (cardinality("date_fixed") <= 100),
    CONSTRAINT "collections_date_given_length" CHECK (cardinality("date_given") <= 100),
    CONSTRAINT "collections_date_closed_length" CHECK (cardinality("date_closed") <= 100),
    CONSTRAINT "collections_datetime_limited_min" CHECK ('2000-01-01T00:00:00.000Z'::timestamptz <= ALL ("datetime_limited")),
    CONSTRAINT "collections_datetime_limited_max" CHECK ('2199-12-31T23:59:59.000Z'::timestamptz >= ALL ("datetime_limited")),
    CONSTRAINT "collections_datetime_limited_length" CHECK (cardinality("datetime_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_datetime_needed_length" CHECK (cardinality("datetime_needed") <= 100),
    CONSTRAINT "collections_datetime_fixed_length" CHECK (cardinality("datetime_fixed") <= 100),
    CONSTRAINT "collections_datetime_given_length" CHECK (cardinality("datetime_given") <= 100),
    CONSTRAINT "collections_datetime_closed_length" CHECK (cardinality("datetime_closed") <= 100),
    CONSTRAINT "collections_duration_limited_min" CHECK (1 <= ALL ("duration_limited")),
    CONSTRAINT "collections_duration_limited_max" CHECK (86400 >= ALL ("duration_limited")),
    CONSTRAINT "collections_duration_limited_length" CHECK (cardinality("duration_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_duration_needed_length" CHECK (cardinality("duration_needed") <= 100),
    CONSTRAINT "collections_duration_fixed_length" CHECK (cardinality("duration_fixed") <= 100),
    CONSTRAINT "collections_duration_given_length" CHECK (cardinality("duration_given") <= 100),
    CONSTRAINT "collections_duration_closed_length" CHECK (cardinality("duration_closed") <= 100),
    CONSTRAINT "collections_enum_limited_length" CHECK (cardinality("enum_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_enum_limited_values" CHECK ("enum_limited" <@ ARRAY['color-blue', 'color-green', 'color-red']::text[]),
    CONSTRAINT "collections_enum_needed_length" CHECK (cardinality("enum_needed") <= 100),
    CONSTRAINT "collections_enum_needed_values" CHECK ("enum_needed" <@ ARRAY['color-blue', 'color-green', 'color-red']::text[]),
    CONSTRAINT "collections_enum_fixed_length" CHECK (cardinality("enum_fixed") <= 100),
    CONSTRAINT "collections_enum_fixed_values" CHECK ("enum_fixed" <@ ARRAY['color-blue', 'color-green', 'color-red']::text[]),
    CONSTRAINT "collections_enum_given_length" CHECK (cardinality("enum_given") <= 100),
    CONSTRAINT "collections_enum_given_values" CHECK ("enum_given" <@ ARRAY['color-blue', 'color-green', 'color-red']::text[]),
    CONSTRAINT "collections_enum_closed_length" CHECK (cardinality("enum_closed") <= 100),
    CONSTRAINT "collections_enum_closed_values" CHECK ("enum_closed" <@ ARRAY['color-blue', 'color-green', 'color-red']::text[]),
    CONSTRAINT "collections_uuid_limited_length" CHECK (cardinality("uuid_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_uuid_needed_length" CHECK (cardinality("uuid_needed") <= 100),
    CONSTRAINT "collections_uuid_fixed_length" CHECK (cardinality("uuid_fixed") <= 100),
    CONSTRAINT "collections_uuid_given_length" CHECK (cardinality("uuid_given") <= 100),
    CONSTRAINT "collections_uuid_closed_length" CHECK (cardinality("uuid_closed") <= 100),
    CONSTRAINT "collections_email_limited_length" CHECK (cardinality("email_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_email_limited_form" CHECK ("_slipform"."every_matches"("email_limited", '^[^A-Z]*$')),
    CONSTRAINT "collections_email_needed_length" CHECK (cardinality("email_needed") <= 100),
    CONSTRAINT "collections_email_needed_form" CHECK ("_slipform"."every_matches"("email_needed", '^[^A-Z]*$')),
    CONSTRAINT "collections_email_fixed_length" CHECK (cardinality("email_fixed") <= 100),
    CONSTRAINT "collections_email_fixed_form" CHECK ("_slipform"."every_matches"("email_fixed", '^[^A-Z]*$')),
    CONSTRAINT "collections_email_given_length" CHECK (cardinality("email_given") <= 100),
    CONSTRAINT "collections_email_given_form" CHECK ("_slipform"."every_matches"("email_given", '^[^A-Z]*$')),
    CONSTRAINT "collections_email_closed_length" CHECK (cardinality("email_closed") <= 100),
    CONSTRAINT "collections_email_closed_form" CHECK ("_slipform"."every_matches"("email_closed", '^[^A-Z]*$')),
    CONSTRAINT "collections_url_limited_length" CHECK (cardinality("url_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_url_limited_form" CHECK ("_slipform"."every_matches"("url_limited", '^https?://')),
    CONSTRAINT "collections_url_needed_length" CHECK (cardinality("url_needed") <= 100),
    CONSTRAINT "collections_url_needed_form" CHECK ("_slipform"."every_matches"("url_needed", '^https?://')),
    CONSTRAINT "collections_url_fixed_length" CHECK (cardinality("url_fixed") <= 100),
    CONSTRAINT "collections_url_fixed_form" CHECK ("_slipform"."every_matches"("url_fixed", '^https?://')),
    CONSTRAINT "collections_url_given_length" CHECK (cardinality("url_given") <= 100),
    CONSTRAINT "collections_url_given_form" CHECK ("_slipform"."every_matches"("url_given", '^https?://')),
    CONSTRAINT "collections_url_closed_length" CHECK (cardinality("url_closed") <= 100),
    CONSTRAINT "collections_url_closed_form" CHECK ("_slipform"."every_matches"("url_closed", '^https?://')),
    CONSTRAINT "collections_phone_limited_length" CHECK (cardinality("phone_limited") BETWEEN 1 AND 5),
    CONSTRAINT "collections_phone_limited_form" CHECK ("_slipform"."every_matches"("phone_limited", '^[+][1-9][0-9]{1,14}$')),
    CONSTRAINT "collections_phone_needed_length" CHECK (cardinality("phone_needed") <= 100),
    CONSTRAINT "collections_phone_needed_form" CHECK ("_slipform"."every_matches"("phone_needed", '^[+][1-9][0-9]{1,14}$')),
    CONSTRAINT "collections_phone_fixed_length" CHECK (cardinality("phone_fixed") <= 100),
    CONSTRAINT "collections_phone_fixed_form" CHECK ("_slipform"."every_matches"("phone_fixed", '^[+][1-9][0-9]{1,14}$')),
    CONSTRAINT "collections_phone_given_length" CHECK (cardinality("phone_given") <= 100),
    CONSTRAINT "collections_phone_given_form" CHECK ("_slipform"."every_matches"("phone_given", '^[+][1-9][0-9]{1,14}$')),
    CONSTRAINT "collections_phone_closed_length" CHECK (cardinality("phone_closed") <= 100),
    CONSTRAINT "collections_phone_closed_form" CHECK ("_slipform"."every_matches"("phone_closed", '^[+][1-9][0-9]{1,14}$'))
);

CREATE TABLE "leaves" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "leaves_name_length" CHECK (char_length("name") <= 255)
);

CREATE TABLE "ties" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "many_own_restrict_id" uuid,
    "many_own_cascade_id" uuid,
    "many_own_set_null_id" uuid,
    "many_own_fixed_id" uuid,
    "many_own_closed_id" uuid,
    "many_other_restrict_id" uuid,
    "many_other_cascade_id" uuid,
    "many_other_set_null_id" uuid,
    "many_other_fixed_id" uuid,
    "many_other_closed_id" uuid,
    "many_other_needed_id" uuid NOT NULL,
    "many_person_restrict_id" uuid,
    "many_person_cascade_id" uuid,
    "many_person_set_null_id" uuid,
    "many_person_fixed_id" uuid,
    "many_person_closed_id" uuid,
    "many_person_needed_id" uuid NOT NULL,
    "one_own_restrict_id" uuid,
    "one_own_cascade_id" uuid,
    "one_own_set_null_id" uuid,
    "one_own_fixed_id" uuid,
    "one_own_closed_id" uuid,
    "one_other_restrict_id" uuid,
    "one_other_cascade_id" uuid,
    "one_other_set_null_id" uuid,
    "one_other_fixed_id" uuid,
    "one_other_closed_id" uuid,
    "one_other_needed_id" uuid NOT NULL,
    "one_person_restrict_id" uuid,
    "one_person_cascade_id" uuid,
    "one_person_set_null_id" uuid,
    "one_person_fixed_id" uuid,
    "one_person_closed_id" uuid,
    "one_person_needed_id" uuid NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "ties_name_length" CHECK (char_length("name") <= 255)
);

CREATE TABLE "sealeds" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "sealeds_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "ties_all_other_closed" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "leaves" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_other_fixed" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "leaves" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_other_open" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "leaves" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_own_closed" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_own_fixed" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_own_open" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_person_closed" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "_user" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_person_fixed" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "_user" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "ties_all_person_open" (
    "source_id" uuid NOT NULL REFERENCES "ties" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "_user" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

-- Rules between records
CREATE UNIQUE INDEX "singles_string_needed_key" ON "singles" ("string_needed");
CREATE UNIQUE INDEX "singles_integer_needed_key" ON "singles" ("integer_needed");
CREATE UNIQUE INDEX "singles_bigint_needed_key" ON "singles" ("bigint_needed");
CREATE UNIQUE INDEX "singles_decimal_needed_key" ON "singles" ("decimal_needed");
CREATE UNIQUE INDEX "singles_money_needed_key" ON "singles" ("money_needed");
CREATE UNIQUE INDEX "singles_date_needed_key" ON "singles" ("date_needed");
CREATE UNIQUE INDEX "singles_datetime_needed_key" ON "singles" ("datetime_needed");
CREATE UNIQUE INDEX "singles_duration_needed_key" ON "singles" ("duration_needed");
CREATE UNIQUE INDEX "singles_enum_needed_key" ON "singles" ("enum_needed");
CREATE UNIQUE INDEX "singles_uuid_needed_key" ON "singles" ("uuid_needed");
CREATE UNIQUE INDEX "singles_email_needed_key" ON "singles" ("email_needed");
CREATE UNIQUE INDEX "singles_url_needed_key" ON "singles" ("url_needed");
CREATE UNIQUE INDEX "singles_phone_needed_key" ON "singles" ("phone_needed");
CREATE UNIQUE INDEX "singles_slug_limited_key" ON "singles" ("slug_limited");
CREATE UNIQUE INDEX "singles_slug_needed_key" ON "singles" ("slug_needed");
CREATE UNIQUE INDEX "singles_slug_fixed_key" ON "singles" ("slug_fixed");
CREATE UNIQUE INDEX "singles_slug_given_key" ON "singles" ("slug_given");
CREATE UNIQUE INDEX "singles_slug_closed_key" ON "singles" ("slug_closed");
CREATE UNIQUE INDEX "ties_one_own_restrict_id_key" ON "ties" ("one_own_restrict_id");
CREATE UNIQUE INDEX "ties_one_own_cascade_id_key" ON "ties" ("one_own_cascade_id");
CREATE UNIQUE INDEX "ties_one_own_set_null_id_key" ON "ties" ("one_own_set_null_id");
CREATE UNIQUE INDEX "ties_one_own_fixed_id_key" ON "ties" ("one_own_fixed_id");
CREATE UNIQUE INDEX "ties_one_own_closed_id_key" ON "ties" ("one_own_closed_id");
CREATE UNIQUE INDEX "ties_one_other_restrict_id_key" ON "ties" ("one_other_restrict_id");
CREATE UNIQUE INDEX "ties_one_other_cascade_id_key" ON "ties" ("one_other_cascade_id");
CREATE UNIQUE INDEX "ties_one_other_set_null_id_key" ON "ties" ("one_other_set_null_id");
CREATE UNIQUE INDEX "ties_one_other_fixed_id_key" ON "ties" ("one_other_fixed_id");
CREATE UNIQUE INDEX "ties_one_other_closed_id_key" ON "ties" ("one_other_closed_id");
CREATE UNIQUE INDEX "ties_one_other_needed_id_key" ON "ties" ("one_other_needed_id");
CREATE UNIQUE INDEX "ties_one_person_restrict_id_key" ON "ties" ("one_person_restrict_id");
CREATE UNIQUE INDEX "ties_one_person_cascade_id_key" ON "ties" ("one_person_cascade_id");
CREATE UNIQUE INDEX "ties_one_person_set_null_id_key" ON "ties" ("one_person_set_null_id");
CREATE UNIQUE INDEX "ties_one_person_fixed_id_key" ON "ties" ("one_person_fixed_id");
CREATE UNIQUE INDEX "ties_one_person_closed_id_key" ON "ties" ("one_person_closed_id");
CREATE UNIQUE INDEX "ties_one_person_needed_id_key" ON "ties" ("one_person_needed_id");

-- Foreign keys
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_own_restrict_id_fkey" FOREIGN KEY ("many_own_restrict_id") REFERENCES "ties" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_own_cascade_id_fkey" FOREIGN KEY ("many_own_cascade_id") REFERENCES "ties" ("id") ON DELETE CASCADE;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_own_set_null_id_fkey" FOREIGN KEY ("many_own_set_null_id") REFERENCES "ties" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_own_fixed_id_fkey" FOREIGN KEY ("many_own_fixed_id") REFERENCES "ties" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_own_closed_id_fkey" FOREIGN KEY ("many_own_closed_id") REFERENCES "ties" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_other_restrict_id_fkey" FOREIGN KEY ("many_other_restrict_id") REFERENCES "leaves" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_other_cascade_id_fkey" FOREIGN KEY ("many_other_cascade_id") REFERENCES "leaves" ("id") ON DELETE CASCADE;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_other_set_null_id_fkey" FOREIGN KEY ("many_other_set_null_id") REFERENCES "leaves" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_other_fixed_id_fkey" FOREIGN KEY ("many_other_fixed_id") REFERENCES "leaves" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_other_closed_id_fkey" FOREIGN KEY ("many_other_closed_id") REFERENCES "leaves" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_other_needed_id_fkey" FOREIGN KEY ("many_other_needed_id") REFERENCES "leaves" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_person_restrict_id_fkey" FOREIGN KEY ("many_person_restrict_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_person_cascade_id_fkey" FOREIGN KEY ("many_person_cascade_id") REFERENCES "_user" ("id") ON DELETE CASCADE;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_person_set_null_id_fkey" FOREIGN KEY ("many_person_set_null_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_person_fixed_id_fkey" FOREIGN KEY ("many_person_fixed_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_person_closed_id_fkey" FOREIGN KEY ("many_person_closed_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_many_person_needed_id_fkey" FOREIGN KEY ("many_person_needed_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_own_restrict_id_fkey" FOREIGN KEY ("one_own_restrict_id") REFERENCES "ties" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_own_cascade_id_fkey" FOREIGN KEY ("one_own_cascade_id") REFERENCES "ties" ("id") ON DELETE CASCADE;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_own_set_null_id_fkey" FOREIGN KEY ("one_own_set_null_id") REFERENCES "ties" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_own_fixed_id_fkey" FOREIGN KEY ("one_own_fixed_id") REFERENCES "ties" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_own_closed_id_fkey" FOREIGN KEY ("one_own_closed_id") REFERENCES "ties" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_other_restrict_id_fkey" FOREIGN KEY ("one_other_restrict_id") REFERENCES "leaves" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_other_cascade_id_fkey" FOREIGN KEY ("one_other_cascade_id") REFERENCES "leaves" ("id") ON DELETE CASCADE;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_other_set_null_id_fkey" FOREIGN KEY ("one_other_set_null_id") REFERENCES "leaves" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_other_fixed_id_fkey" FOREIGN KEY ("one_other_fixed_id") REFERENCES "leaves" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_other_closed_id_fkey" FOREIGN KEY ("one_other_closed_id") REFERENCES "leaves" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_other_needed_id_fkey" FOREIGN KEY ("one_other_needed_id") REFERENCES "leaves" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_person_restrict_id_fkey" FOREIGN KEY ("one_person_restrict_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_person_cascade_id_fkey" FOREIGN KEY ("one_person_cascade_id") REFERENCES "_user" ("id") ON DELETE CASCADE;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_person_set_null_id_fkey" FOREIGN KEY ("one_person_set_null_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_person_fixed_id_fkey" FOREIGN KEY ("one_person_fixed_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_person_closed_id_fkey" FOREIGN KEY ("one_person_closed_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "ties" ADD CONSTRAINT "ties_one_person_needed_id_fkey" FOREIGN KEY ("one_person_needed_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;

-- Indexes
CREATE INDEX "singles_created_at_id_idx" ON "singles" ("created_at", "id");
CREATE INDEX "singles_string_limited_idx" ON "singles" ("string_limited");
CREATE INDEX "singles_integer_limited_idx" ON "singles" ("integer_limited");
CREATE INDEX "singles_bigint_limited_idx" ON "singles" ("bigint_limited");
CREATE INDEX "singles_decimal_limited_idx" ON "singles" ("decimal_limited");
CREATE INDEX "singles_money_limited_idx" ON "singles" ("money_limited");
CREATE INDEX "singles_boolean_limited_idx" ON "singles" ("boolean_limited");
CREATE INDEX "singles_date_limited_idx" ON "singles" ("date_limited");
CREATE INDEX "singles_datetime_limited_idx" ON "singles" ("datetime_limited");
CREATE INDEX "singles_duration_limited_idx" ON "singles" ("duration_limited");
CREATE INDEX "singles_enum_limited_idx" ON "singles" ("enum_limited");
CREATE INDEX "singles_uuid_limited_idx" ON "singles" ("uuid_limited");
CREATE INDEX "singles_email_limited_idx" ON "singles" ("email_limited");
CREATE INDEX "singles_url_limited_idx" ON "singles" ("url_limited");
CREATE INDEX "singles_phone_limited_idx" ON "singles" ("phone_limited");
CREATE INDEX "collections_created_at_id_idx" ON "collections" ("created_at", "id");
CREATE INDEX "leaves_created_at_id_idx" ON "leaves" ("created_at", "id");
CREATE INDEX "ties_created_at_id_idx" ON "ties" ("created_at", "id");
CREATE INDEX "ties_many_own_restrict_id_idx" ON "ties" ("many_own_restrict_id");
CREATE INDEX "ties_many_own_cascade_id_idx" ON "ties" ("many_own_cascade_id");
CREATE INDEX "ties_many_own_set_null_id_idx" ON "ties" ("many_own_set_null_id");
CREATE INDEX "ties_many_own_fixed_id_idx" ON "ties" ("many_own_fixed_id");
CREATE INDEX "ties_many_own_closed_id_idx" ON "ties" ("many_own_closed_id");
CREATE INDEX "ties_many_other_restrict_id_idx" ON "ties" ("many_other_restrict_id");
CREATE INDEX "ties_many_other_cascade_id_idx" ON "ties" ("many_other_cascade_id");
CREATE INDEX "ties_many_other_set_null_id_idx" ON "ties" ("many_other_set_null_id");
CREATE INDEX "ties_many_other_fixed_id_idx" ON "ties" ("many_other_fixed_id");
CREATE INDEX "ties_many_other_closed_id_idx" ON "ties" ("many_other_closed_id");
CREATE INDEX "ties_many_other_needed_id_idx" ON "ties" ("many_other_needed_id");
CREATE INDEX "ties_many_person_restrict_id_idx" ON "ties" ("many_person_restrict_id");
CREATE INDEX "ties_many_person_cascade_id_idx" ON "ties" ("many_person_cascade_id");
CREATE INDEX "ties_many_person_set_null_id_idx" ON "ties" ("many_person_set_null_id");
CREATE INDEX "ties_many_person_fixed_id_idx" ON "ties" ("many_person_fixed_id");
CREATE INDEX "ties_many_person_closed_id_idx" ON "ties" ("many_person_closed_id");
CREATE INDEX "ties_many_person_needed_id_idx" ON "ties" ("many_person_needed_id");
CREATE INDEX "sealeds_created_at_id_idx" ON "sealeds" ("created_at", "id");
CREATE INDEX "ties_all_other_closed_target_id_idx" ON "ties_all_other_closed" ("target_id");
CREATE INDEX "ties_all_other_fixed_target_id_idx" ON "ties_all_other_fixed" ("target_id");
CREATE INDEX "ties_all_other_open_target_id_idx" ON "ties_all_other_open" ("target_id");
CREATE INDEX "ties_all_own_closed_target_id_idx" ON "ties_all_own_closed" ("target_id");
CREATE INDEX "ties_all_own_fixed_target_id_idx" ON "ties_all_own_fixed" ("target_id");
CREATE INDEX "ties_all_own_open_target_id_idx" ON "ties_all_own_open" ("target_id");
CREATE INDEX "ties_all_person_closed_target_id_idx" ON "ties_all_person_closed" ("target_id");
CREATE INDEX "ties_all_person_fixed_target_id_idx" ON "ties_all_person_fixed" ("target_id");
CREATE INDEX "ties_all_person_open_target_id_idx" ON "ties_all_person_open" ("target_id");
