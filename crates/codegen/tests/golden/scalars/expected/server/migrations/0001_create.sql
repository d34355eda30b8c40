-- 0001 create
--
-- Added Specimen.
-- Wrote 1 seed.

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

CREATE TABLE "specimens" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "slug" text,
    "drawer" text DEFAULT 'A 1',
    "notes" text,
    "legs" integer NOT NULL DEFAULT 6,
    "inventory" bigint,
    "weight" numeric(9, 4) DEFAULT 1.5000,
    "price" numeric(19, 2) NOT NULL DEFAULT 49.90,
    "auction" numeric(19, 0),
    "estimate" numeric(19, 3),
    "on_display" boolean NOT NULL DEFAULT false,
    "found_on" date,
    "checked_at" timestamptz DEFAULT '2026-05-01T06:30:00.000Z'::timestamptz,
    "exposure" bigint DEFAULT 90,
    "kind" text NOT NULL DEFAULT 'kind-beetle',
    "reference" uuid,
    "finder" text,
    "source" text,
    "phone" text,
    "measures" jsonb DEFAULT '{"any":["thing",1,null]}'::jsonb,
    "access_code" text,
    "rank" integer DEFAULT 0,
    "nicknames" text[] DEFAULT ARRAY['Tin Lizzie']::text[],
    "alike" text[],
    "counts" integer[],
    "serials" bigint[],
    "samples" numeric(6, 2)[],
    "offers" numeric(19, 2)[],
    "answers" boolean[],
    "visits" date[],
    "sightings" timestamptz[],
    "laps" bigint[],
    "related" uuid[],
    "experts" text[],
    "links" text[],
    "hotlines" text[],
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "specimens_title_length" CHECK (char_length("title") BETWEEN 2 AND 80),
    CONSTRAINT "specimens_title_pattern" CHECK ("title" ~ E'^(?:[A-Za-z][^\\n]*)$'),
    CONSTRAINT "specimens_slug_length" CHECK (char_length("slug") <= 100),
    CONSTRAINT "specimens_slug_form" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT "specimens_drawer_length" CHECK (char_length("drawer") <= 255),
    CONSTRAINT "specimens_notes_length" CHECK (char_length("notes") BETWEEN 1 AND 5000),
    CONSTRAINT "specimens_legs_min" CHECK ("legs" >= 0),
    CONSTRAINT "specimens_legs_max" CHECK ("legs" <= 1000),
    CONSTRAINT "specimens_inventory_min" CHECK ("inventory" >= -9000000000000000000),
    CONSTRAINT "specimens_inventory_max" CHECK ("inventory" <= 9000000000000000000),
    CONSTRAINT "specimens_weight_min" CHECK ("weight" >= 0.0000),
    CONSTRAINT "specimens_weight_max" CHECK ("weight" <= 10000.5000),
    CONSTRAINT "specimens_price_min" CHECK ("price" >= 0.00),
    CONSTRAINT "specimens_auction_max" CHECK ("auction" <= 5000000),
    CONSTRAINT "specimens_found_on_min" CHECK ("found_on" >= '1700-01-01'::date),
    CONSTRAINT "specimens_found_on_max" CHECK ("found_on" <= '2100-12-31'::date),
    CONSTRAINT "specimens_checked_at_min" CHECK ("checked_at" >= '2000-01-01T00:00:00.000Z'::timestamptz),
    CONSTRAINT "specimens_exposure_min" CHECK ("exposure" >= 0),
    CONSTRAINT "specimens_exposure_max" CHECK ("exposure" <= 86400),
    CONSTRAINT "specimens_kind_values" CHECK ("kind" IN ('kind-beetle', 'kind-fly', 'kind-moth', 'kind-tick', 'kind-wasp')),
    CONSTRAINT "specimens_finder_length" CHECK (char_length("finder") <= 254),
    CONSTRAINT "specimens_finder_form" CHECK ("finder" = lower("finder" COLLATE "C")),
    CONSTRAINT "specimens_source_length" CHECK (char_length("source") <= 2048),
    CONSTRAINT "specimens_source_form" CHECK ("source" ~ '^https?://'),
    CONSTRAINT "specimens_phone_length" CHECK (char_length("phone") <= 16),
    CONSTRAINT "specimens_phone_form" CHECK ("phone" ~ '^[+][1-9][0-9]{1,14}$'),
    CONSTRAINT "specimens_access_code_length" CHECK (char_length("access_code") <= 12),
    CONSTRAINT "specimens_nicknames_length" CHECK (cardinality("nicknames") BETWEEN 1 AND 5),
    CONSTRAINT "specimens_alike_length" CHECK (cardinality("alike") <= 100),
    CONSTRAINT "specimens_alike_values" CHECK ("alike" <@ ARRAY['kind-beetle', 'kind-fly', 'kind-moth', 'kind-tick', 'kind-wasp']::text[]),
    CONSTRAINT "specimens_counts_length" CHECK (cardinality("counts") <= 100),
    CONSTRAINT "specimens_serials_length" CHECK (cardinality("serials") <= 100),
    CONSTRAINT "specimens_samples_length" CHECK (cardinality("samples") <= 100),
    CONSTRAINT "specimens_offers_length" CHECK (cardinality("offers") <= 100),
    CONSTRAINT "specimens_answers_length" CHECK (cardinality("answers") <= 100),
    CONSTRAINT "specimens_visits_length" CHECK (cardinality("visits") <= 100),
    CONSTRAINT "specimens_sightings_length" CHECK (cardinality("sightings") <= 100),
    CONSTRAINT "specimens_laps_length" CHECK (cardinality("laps") <= 100),
    CONSTRAINT "specimens_related_length" CHECK (cardinality("related") <= 100),
    CONSTRAINT "specimens_experts_length" CHECK (cardinality("experts") <= 100),
    CONSTRAINT "specimens_experts_form" CHECK ("_slipform"."every_matches"("experts", '^[^A-Z]*$')),
    CONSTRAINT "specimens_links_length" CHECK (cardinality("links") <= 100),
    CONSTRAINT "specimens_links_form" CHECK ("_slipform"."every_matches"("links", '^https?://')),
    CONSTRAINT "specimens_hotlines_length" CHECK (cardinality("hotlines") <= 100),
    CONSTRAINT "specimens_hotlines_form" CHECK ("_slipform"."every_matches"("hotlines", '^[+][1-9][0-9]{1,14}$'))
);

-- Rules between records
CREATE UNIQUE INDEX "specimens_title_key" ON "specimens" ("title");
CREATE UNIQUE INDEX "specimens_slug_key" ON "specimens" ("slug");
CREATE UNIQUE INDEX "specimens_inventory_key" ON "specimens" ("inventory");
CREATE UNIQUE INDEX "specimens_reference_key" ON "specimens" ("reference");

-- Seeds
INSERT INTO "specimens" ("id", "title", "slug", "inventory", "price", "checked_at", "kind", "measures", "access_code", "rank", "nicknames", "alike", "counts")
VALUES
    ('8fbe56dd-b863-8abc-abcd-618557ef8978'::uuid, 'Stag beetle', 'stag', 9007199254740993, 120.00, '2026-06-01T10:00:00.000Z'::timestamptz, 'kind-beetle', '{"length":[71,2]}'::jsonb, '4711', 3, ARRAY['Hirschkäfer']::text[], ARRAY['kind-beetle', 'kind-moth']::text[], ARRAY[1, 2]::integer[])
ON CONFLICT DO NOTHING;

-- Indexes
CREATE INDEX "specimens_created_at_id_idx" ON "specimens" ("created_at", "id");
CREATE INDEX "specimens_weight_idx" ON "specimens" ("weight");
CREATE INDEX "specimens_found_on_idx" ON "specimens" ("found_on");
CREATE INDEX "specimens_kind_idx" ON "specimens" ("kind");
