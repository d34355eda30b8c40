-- 0001 create
--
-- Added Cabinet.
-- Added Folder.
-- Added Paper.
-- Added Label.
-- Added Remark.
-- Added Receipt.
-- Added Copy.

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

CREATE TABLE "cabinets" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "cabinets_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "folders" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "cabinet_id" uuid NOT NULL,
    "parent_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "deleted_at" timestamptz,
    CONSTRAINT "folders_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "papers" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "folder_id" uuid NOT NULL,
    "origin_id" uuid,
    "replaces_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "deleted_at" timestamptz,
    "version" integer NOT NULL DEFAULT 1,
    CONSTRAINT "papers_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "labels" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "word" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "deleted_at" timestamptz,
    CONSTRAINT "labels_word_length" CHECK (char_length("word") <= 255)
);

CREATE TABLE "remarks" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "text" text NOT NULL,
    "paper_id" uuid NOT NULL,
    "answers_id" uuid,
    "label_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "remarks_text_length" CHECK (char_length("text") <= 255)
);

CREATE TABLE "receipts" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "remark_id" uuid NOT NULL,
    "folder_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "deleted_at" timestamptz,
    CONSTRAINT "receipts_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "copies" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "label_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "copies_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "papers_labels" (
    "source_id" uuid NOT NULL REFERENCES "papers" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "labels" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

-- Rules between records
CREATE UNIQUE INDEX "folders_title_key" ON "folders" ("title") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "papers_replaces_id_key" ON "papers" ("replaces_id") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "labels_word_key" ON "labels" ("word") WHERE "deleted_at" IS NULL;

-- Foreign keys
ALTER TABLE "folders" ADD CONSTRAINT "folders_cabinet_id_fkey" FOREIGN KEY ("cabinet_id") REFERENCES "cabinets" ("id") ON DELETE RESTRICT;
ALTER TABLE "folders" ADD CONSTRAINT "folders_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "folders" ("id") ON DELETE CASCADE;
ALTER TABLE "papers" ADD CONSTRAINT "papers_folder_id_fkey" FOREIGN KEY ("folder_id") REFERENCES "folders" ("id") ON DELETE CASCADE;
ALTER TABLE "papers" ADD CONSTRAINT "papers_origin_id_fkey" FOREIGN KEY ("origin_id") REFERENCES "cabinets" ("id") ON DELETE RESTRICT;
ALTER TABLE "papers" ADD CONSTRAINT "papers_replaces_id_fkey" FOREIGN KEY ("replaces_id") REFERENCES "papers" ("id") ON DELETE RESTRICT;
ALTER TABLE "remarks" ADD CONSTRAINT "remarks_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "papers" ("id") ON DELETE CASCADE;
ALTER TABLE "remarks" ADD CONSTRAINT "remarks_answers_id_fkey" FOREIGN KEY ("answers_id") REFERENCES "remarks" ("id") ON DELETE CASCADE;
ALTER TABLE "remarks" ADD CONSTRAINT "remarks_label_id_fkey" FOREIGN KEY ("label_id") REFERENCES "labels" ("id") ON DELETE SET NULL;
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_remark_id_fkey" FOREIGN KEY ("remark_id") REFERENCES "remarks" ("id") ON DELETE RESTRICT;
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_folder_id_fkey" FOREIGN KEY ("folder_id") REFERENCES "folders" ("id") ON DELETE SET NULL;
ALTER TABLE "copies" ADD CONSTRAINT "copies_label_id_fkey" FOREIGN KEY ("label_id") REFERENCES "labels" ("id") ON DELETE RESTRICT;

-- Indexes
CREATE INDEX "cabinets_created_at_id_idx" ON "cabinets" ("created_at", "id");
CREATE INDEX "folders_created_at_id_idx" ON "folders" ("created_at", "id");
CREATE INDEX "folders_cabinet_id_idx" ON "folders" ("cabinet_id");
CREATE INDEX "folders_parent_id_idx" ON "folders" ("parent_id");
CREATE INDEX "papers_created_at_id_idx" ON "papers" ("created_at", "id");
CREATE INDEX "papers_folder_id_idx" ON "papers" ("folder_id");
CREATE INDEX "papers_origin_id_idx" ON "papers" ("origin_id");
CREATE INDEX "labels_created_at_id_idx" ON "labels" ("created_at", "id");
CREATE INDEX "remarks_created_at_id_idx" ON "remarks" ("created_at", "id");
CREATE INDEX "remarks_paper_id_idx" ON "remarks" ("paper_id");
CREATE INDEX "remarks_answers_id_idx" ON "remarks" ("answers_id");
CREATE INDEX "remarks_label_id_idx" ON "remarks" ("label_id");
CREATE INDEX "receipts_created_at_id_idx" ON "receipts" ("created_at", "id");
CREATE INDEX "receipts_remark_id_idx" ON "receipts" ("remark_id");
CREATE INDEX "receipts_folder_id_idx" ON "receipts" ("folder_id");
CREATE INDEX "copies_created_at_id_idx" ON "copies" ("created_at", "id");
CREATE INDEX "copies_label_id_idx" ON "copies" ("label_id");
CREATE INDEX "papers_labels_target_id_idx" ON "papers_labels" ("target_id");
