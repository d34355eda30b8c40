-- 0001 create
--
-- Added Klasse "A" & <b>B</b>.
-- Added Object.
-- Added Date.
-- Added Request.
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

CREATE TABLE "classes" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "delete" text NOT NULL DEFAULT E'it''s \\ "quoted" `${1}` </script>',
    "where" integer,
    "await" boolean,
    "new" text DEFAULT 'null',
    "type" text,
    "function" date,
    "import" jsonb DEFAULT '{"</script>":"${x}"}'::jsonb,
    "var" text,
    "eval" text,
    "url" text,
    "user_" text,
    "order" integer,
    "offset" integer,
    "table" text,
    "status" text NOT NULL DEFAULT 'null',
    "extends_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "classes_delete_length" CHECK (char_length("delete") <= 255),
    CONSTRAINT "classes_new_values" CHECK ("new" IN ('null', 'true-value', 'v-3')),
    CONSTRAINT "classes_type_length" CHECK (char_length("type") <= 255),
    CONSTRAINT "classes_type_pattern" CHECK ("type" ~ '^(?:[^"''<>`]*)$'),
    CONSTRAINT "classes_var_length" CHECK (char_length("var") <= 100000),
    CONSTRAINT "classes_eval_length" CHECK (char_length("eval") <= 255),
    CONSTRAINT "classes_url_length" CHECK (char_length("url") <= 2048),
    CONSTRAINT "classes_url_form" CHECK ("url" ~ '^https?://'),
    CONSTRAINT "classes_user__length" CHECK (char_length("user_") <= 255),
    CONSTRAINT "classes_table_length" CHECK (char_length("table") <= 255),
    CONSTRAINT "classes_status_values" CHECK ("status" IN ('null', 'true-value', 'v-3'))
);

CREATE TABLE "objects" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "static" text,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "objects_static_length" CHECK (char_length("static") <= 255)
);

CREATE TABLE "dates" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "let" text,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "dates_let_length" CHECK (char_length("let") <= 255)
);

CREATE TABLE "requests" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "yield" text,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "requests_yield_length" CHECK (char_length("yield") <= 255)
);

CREATE TABLE "classes_object" (
    "source_id" uuid NOT NULL REFERENCES "classes" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "objects" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

-- Rules between records
CREATE UNIQUE INDEX "classes_where_order_key" ON "classes" ("where", "order");

-- Seeds
INSERT INTO "classes" ("id", "delete", "import")
VALUES
    ('9719cfe6-df31-8586-b800-d8bea88a070d'::uuid, '"; drop table x; -- </script>${process.exit()}`*/ {{=1}} [%', E'{"a":"\\"; drop table x; -- </script>${process.exit()}`*/\\\\u0000 {{=1}} [%"}'::jsonb)
ON CONFLICT DO NOTHING;

-- Foreign keys
ALTER TABLE "classes" ADD CONSTRAINT "classes_extends_id_fkey" FOREIGN KEY ("extends_id") REFERENCES "classes" ("id") ON DELETE SET NULL;

-- Indexes
CREATE INDEX "classes_created_at_id_idx" ON "classes" ("created_at", "id");
CREATE INDEX "classes_extends_id_idx" ON "classes" ("extends_id");
CREATE INDEX "objects_created_at_id_idx" ON "objects" ("created_at", "id");
CREATE INDEX "dates_created_at_id_idx" ON "dates" ("created_at", "id");
CREATE INDEX "requests_created_at_id_idx" ON "requests" ("created_at", "id");
CREATE INDEX "classes_object_target_id_idx" ON "classes_object" ("target_id");
