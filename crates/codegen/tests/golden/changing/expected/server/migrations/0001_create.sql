-- 0001 create
--
-- Added Car.
-- Added Part.
-- Added Visit.
-- Wrote 3 seeds.

SET LOCAL lock_timeout = '5s';

-- Extensions
CREATE EXTENSION IF NOT EXISTS btree_gist;

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

CREATE TABLE "cars" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "slug" text,
    "plate" text,
    "fuel" text NOT NULL DEFAULT 'fuel-gas',
    "price" integer NOT NULL,
    "doors" text,
    "tag" text,
    "weight" numeric(6, 1),
    "color" text NOT NULL,
    "twin_id" uuid,
    "keeper_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "cars_title_length" CHECK (char_length("title") <= 255),
    CONSTRAINT "cars_slug_length" CHECK (char_length("slug") <= 100),
    CONSTRAINT "cars_slug_form" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    CONSTRAINT "cars_plate_length" CHECK (char_length("plate") <= 20),
    CONSTRAINT "cars_fuel_values" CHECK ("fuel" IN ('fuel-gas', 'fuel-oil')),
    CONSTRAINT "cars_price_min" CHECK ("price" >= 0),
    CONSTRAINT "cars_doors_length" CHECK (char_length("doors") <= 5),
    CONSTRAINT "cars_tag_length" CHECK (char_length("tag") <= 255),
    CONSTRAINT "cars_color_length" CHECK (char_length("color") <= 255)
);

CREATE TABLE "parts" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "parts_name_length" CHECK (char_length("name") <= 255)
);

CREATE TABLE "visits" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "begin" date NOT NULL,
    "finish" date NOT NULL,
    "phase" text NOT NULL DEFAULT 'phase-new',
    "car_id" uuid NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "visits_phase_values" CHECK ("phase" IN ('phase-done', 'phase-new'))
);

CREATE TABLE "cars_parts" (
    "source_id" uuid NOT NULL REFERENCES "cars" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "parts" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

-- Rules for single columns
ALTER TABLE "visits" ADD CONSTRAINT "visits_visit_once_order" CHECK ("begin" <= "finish");

-- Rules between records
CREATE UNIQUE INDEX "cars_slug_key" ON "cars" ("slug");
CREATE UNIQUE INDEX "cars_plate_key" ON "cars" ("plate");
CREATE UNIQUE INDEX "cars_color_key" ON "cars" ("color");
ALTER TABLE "visits" ADD CONSTRAINT "visits_visit_once_excl" EXCLUDE USING gist ("car_id" WITH =, daterange("begin", "finish", '[]') WITH &&) WHERE (coalesce("phase" NOT IN ('phase-done'), true));
CREATE UNIQUE INDEX "visits_car_id_begin_key" ON "visits" ("car_id", "begin");

-- Seeds
INSERT INTO "parts" ("id", "name")
VALUES
    ('22c68ef2-8202-8335-99ad-4ad1d175c44c'::uuid, 'Belt')
ON CONFLICT DO NOTHING;

INSERT INTO "cars" ("id", "title", "price", "doors", "tag", "weight", "color", "slug")
VALUES
    ('c98a5b30-68fb-84df-be37-c299b116e5a6'::uuid, 'Beetle', 900, '2', 'old', 800.5, 'red', 'beetle')
ON CONFLICT DO NOTHING;

INSERT INTO "visits" ("id", "begin", "finish", "phase", "car_id")
VALUES
    ('384fac04-da00-87ce-a2e0-620651db3e15'::uuid, '2026-03-01'::date, '2026-03-02'::date, 'phase-new', 'c98a5b30-68fb-84df-be37-c299b116e5a6'::uuid)
ON CONFLICT DO NOTHING;

INSERT INTO "cars_parts" ("source_id", "target_id")
SELECT source."id", target."id" FROM "cars" AS source, "parts" AS target
WHERE source."id" = 'c98a5b30-68fb-84df-be37-c299b116e5a6'::uuid AND target."id" IN ('22c68ef2-8202-8335-99ad-4ad1d175c44c'::uuid)
ON CONFLICT DO NOTHING;

-- Foreign keys
ALTER TABLE "cars" ADD CONSTRAINT "cars_twin_id_fkey" FOREIGN KEY ("twin_id") REFERENCES "cars" ("id") ON DELETE SET NULL;
ALTER TABLE "cars" ADD CONSTRAINT "cars_keeper_id_fkey" FOREIGN KEY ("keeper_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;
ALTER TABLE "cars" ADD CONSTRAINT "cars_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "visits" ADD CONSTRAINT "visits_car_id_fkey" FOREIGN KEY ("car_id") REFERENCES "cars" ("id") ON DELETE CASCADE;

-- Indexes
CREATE INDEX "cars_created_at_id_idx" ON "cars" ("created_at", "id");
CREATE INDEX "cars_twin_id_idx" ON "cars" ("twin_id");
CREATE INDEX "cars_keeper_id_idx" ON "cars" ("keeper_id");
CREATE INDEX "cars_created_by_idx" ON "cars" ("created_by");
CREATE INDEX "parts_created_at_id_idx" ON "parts" ("created_at", "id");
CREATE INDEX "visits_created_at_id_idx" ON "visits" ("created_at", "id");
CREATE INDEX "visits_car_id_idx" ON "visits" ("car_id");
CREATE INDEX "cars_parts_target_id_idx" ON "cars_parts" ("target_id");
