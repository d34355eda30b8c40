-- 0001 create
--
-- Added Item.
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

CREATE TABLE "items" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "price" integer NOT NULL,
    "color" text,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "items_name_length" CHECK (char_length("name") <= 255),
    CONSTRAINT "items_color_length" CHECK (char_length("color") <= 255)
);

-- Seeds
INSERT INTO "items" ("id", "name", "price")
VALUES
    ('af9b54ca-ced7-8576-bc5a-d24e80383705'::uuid, 'Soap', 4)
ON CONFLICT DO NOTHING;

-- Indexes
CREATE INDEX "items_created_at_id_idx" ON "items" ("created_at", "id");
