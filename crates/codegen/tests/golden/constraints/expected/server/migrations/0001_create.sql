-- 0001 create
--
-- Added Room.
-- Added Stay.
-- Added Session.
-- Added Closure.
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

CREATE TABLE "rooms" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "floor" integer NOT NULL,
    "size" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "rooms_name_length" CHECK (char_length("name") <= 255),
    CONSTRAINT "rooms_size_values" CHECK ("size" IN ('size-l', 'size-s'))
);

CREATE TABLE "stays" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "arrival" date NOT NULL,
    "departure" date NOT NULL,
    "state" text NOT NULL DEFAULT 'asked',
    "paid" text NOT NULL DEFAULT 'size-s',
    "room_id" uuid NOT NULL,
    "guest_id" uuid NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    "deleted_at" timestamptz,
    "version" integer NOT NULL DEFAULT 1,
    CONSTRAINT "stays_state_values" CHECK ("state" IN ('asked', 'off', 'sure')),
    CONSTRAINT "stays_paid_values" CHECK ("paid" IN ('size-l', 'size-s'))
);

CREATE TABLE "sessions_" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "begin" timestamptz NOT NULL,
    "finish" timestamptz NOT NULL,
    "size" text NOT NULL DEFAULT 'size-s',
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "sessions__size_values" CHECK ("size" IN ('size-l', 'size-s'))
);

CREATE TABLE "closures" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "begin" timestamptz NOT NULL,
    "finish" timestamptz NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now()
);

-- Rules for single columns
ALTER TABLE "stays" ADD CONSTRAINT "stays_stay_alone_order" CHECK ("arrival" <= "departure");
ALTER TABLE "stays" ADD CONSTRAINT "stays_stay_guest_once_order" CHECK ("arrival" <= "departure");
ALTER TABLE "sessions_" ADD CONSTRAINT "sessions__session_alone_order" CHECK ("begin" < "finish");
ALTER TABLE "closures" ADD CONSTRAINT "closures_closure_alone_order" CHECK ("begin" < "finish");

-- Rules between records
CREATE UNIQUE INDEX "rooms_floor_name_key" ON "rooms" ("floor", "name");
ALTER TABLE "stays" ADD CONSTRAINT "stays_stay_alone_excl" EXCLUDE USING gist ("room_id" WITH =, daterange("arrival", "departure", '[]') WITH &&) WHERE ("deleted_at" IS NULL AND coalesce("state" NOT IN ('off'), true));
ALTER TABLE "stays" ADD CONSTRAINT "stays_stay_guest_once_excl" EXCLUDE USING gist ("guest_id" WITH =, daterange("arrival", "departure", '[]') WITH &&) WHERE ("deleted_at" IS NULL);
CREATE UNIQUE INDEX "stays_guest_id_arrival_key" ON "stays" ("guest_id", "arrival") WHERE "deleted_at" IS NULL;
ALTER TABLE "sessions_" ADD CONSTRAINT "sessions__session_alone_excl" EXCLUDE USING gist ("size" WITH =, tstzrange("begin", "finish") WITH &&);
ALTER TABLE "closures" ADD CONSTRAINT "closures_closure_alone_excl" EXCLUDE USING gist (tstzrange("begin", "finish") WITH &&);

-- Seeds
INSERT INTO "_user" ("id", "email", "name", "roles")
VALUES
    ('8810e929-510c-8cf7-a7e6-6e3cb54e46f0'::uuid, 'amy@studio.example', 'Amy', ARRAY[]::text[])
ON CONFLICT DO NOTHING;

INSERT INTO "rooms" ("id", "name", "floor", "size")
VALUES
    ('1ea981fc-7f70-820b-9f0e-e22f736ee71f'::uuid, 'Attic', 4, 'size-l'),
    ('d0414a60-f371-808b-94d6-28be26ce1ab0'::uuid, 'Cellar', -1, 'size-s')
ON CONFLICT DO NOTHING;

-- Foreign keys
ALTER TABLE "stays" ADD CONSTRAINT "stays_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "rooms" ("id") ON DELETE RESTRICT;
ALTER TABLE "stays" ADD CONSTRAINT "stays_guest_id_fkey" FOREIGN KEY ("guest_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;
ALTER TABLE "stays" ADD CONSTRAINT "stays_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;

-- Indexes
CREATE INDEX "rooms_created_at_id_idx" ON "rooms" ("created_at", "id");
CREATE INDEX "rooms_size_floor_idx" ON "rooms" ("size", "floor");
CREATE INDEX "stays_created_at_id_idx" ON "stays" ("created_at", "id");
CREATE INDEX "stays_room_id_idx" ON "stays" ("room_id");
CREATE INDEX "stays_guest_id_idx" ON "stays" ("guest_id");
CREATE INDEX "stays_created_by_idx" ON "stays" ("created_by");
CREATE INDEX "sessions__created_at_id_idx" ON "sessions_" ("created_at", "id");
CREATE INDEX "closures_created_at_id_idx" ON "closures" ("created_at", "id");
