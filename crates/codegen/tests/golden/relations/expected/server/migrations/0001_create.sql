-- 0001 create
--
-- Added Author.
-- Added Book.
-- Added Jacket.
-- Added Topic.
-- Added Shelf.
-- Wrote 6 seeds.

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

CREATE TABLE "authors" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "teacher_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "authors_name_length" CHECK (char_length("name") <= 255)
);

CREATE TABLE "books" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "author_id" uuid NOT NULL,
    "editor_id" uuid,
    "sequel_of_id" uuid,
    "reader_id" uuid,
    "owner_id" uuid NOT NULL,
    "shelf_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "books_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "jackets" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "blurb" text NOT NULL,
    "book_id" uuid NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "jackets_blurb_length" CHECK (char_length("blurb") <= 100000)
);

CREATE TABLE "topics" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "word" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "topics_word_length" CHECK (char_length("word") <= 255)
);

CREATE TABLE "shelves" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "number" integer NOT NULL,
    "keeper_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE "authors_friends" (
    "source_id" uuid NOT NULL REFERENCES "authors" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "authors" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "books_fans" (
    "source_id" uuid NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "_user" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

CREATE TABLE "books_topics" (
    "source_id" uuid NOT NULL REFERENCES "books" ("id") ON DELETE CASCADE,
    "target_id" uuid NOT NULL REFERENCES "topics" ("id") ON DELETE CASCADE,
    PRIMARY KEY ("source_id", "target_id")
);

-- Rules between records
CREATE UNIQUE INDEX "books_sequel_of_id_key" ON "books" ("sequel_of_id");
CREATE UNIQUE INDEX "jackets_book_id_key" ON "jackets" ("book_id");
CREATE UNIQUE INDEX "topics_word_key" ON "topics" ("word");
CREATE UNIQUE INDEX "shelves_keeper_id_key" ON "shelves" ("keeper_id");

-- Seeds
INSERT INTO "_user" ("id", "email", "name", "roles")
VALUES
    ('d1aae273-b2d7-84be-97b2-690cdc20730d'::uuid, 'una@library.example', 'Una Grey', ARRAY['librarian']::text[])
ON CONFLICT DO NOTHING;

INSERT INTO "authors" ("id", "name", "teacher_id")
VALUES
    ('42d62ab0-f7a3-8dd2-91e8-5d9bfe241cdb'::uuid, 'Ilse Aichinger', DEFAULT),
    ('c8e5dbfe-3877-8983-bcc2-2bacc7376a86'::uuid, 'Peter Bichsel', '42d62ab0-f7a3-8dd2-91e8-5d9bfe241cdb'::uuid)
ON CONFLICT DO NOTHING;

INSERT INTO "topics" ("id", "word")
VALUES
    ('0b8d04d5-2e89-8aea-8e59-f4631524cfd4'::uuid, 'Novel')
ON CONFLICT DO NOTHING;

INSERT INTO "books" ("id", "title", "author_id", "owner_id", "created_by", "sequel_of_id")
VALUES
    ('5016f123-73e4-8eeb-a716-a314bfa5ea9b'::uuid, 'The first', 'c8e5dbfe-3877-8983-bcc2-2bacc7376a86'::uuid, 'd1aae273-b2d7-84be-97b2-690cdc20730d'::uuid, 'd1aae273-b2d7-84be-97b2-690cdc20730d'::uuid, DEFAULT),
    ('c8f3813a-9d53-8789-a3be-7fa4faded22c'::uuid, 'The second', 'c8e5dbfe-3877-8983-bcc2-2bacc7376a86'::uuid, 'd1aae273-b2d7-84be-97b2-690cdc20730d'::uuid, DEFAULT, '5016f123-73e4-8eeb-a716-a314bfa5ea9b'::uuid)
ON CONFLICT DO NOTHING;

INSERT INTO "authors_friends" ("source_id", "target_id")
SELECT source."id", target."id" FROM "authors" AS source, "authors" AS target
WHERE source."id" = 'c8e5dbfe-3877-8983-bcc2-2bacc7376a86'::uuid AND target."id" IN ('42d62ab0-f7a3-8dd2-91e8-5d9bfe241cdb'::uuid)
ON CONFLICT DO NOTHING;

INSERT INTO "books_topics" ("source_id", "target_id")
SELECT source."id", target."id" FROM "books" AS source, "topics" AS target
WHERE source."id" = '5016f123-73e4-8eeb-a716-a314bfa5ea9b'::uuid AND target."id" IN ('0b8d04d5-2e89-8aea-8e59-f4631524cfd4'::uuid)
ON CONFLICT DO NOTHING;

INSERT INTO "books_fans" ("source_id", "target_id")
SELECT source."id", target."id" FROM "books" AS source, "_user" AS target
WHERE source."id" = '5016f123-73e4-8eeb-a716-a314bfa5ea9b'::uuid AND target."id" IN ('d1aae273-b2d7-84be-97b2-690cdc20730d'::uuid)
ON CONFLICT DO NOTHING;

-- Foreign keys
ALTER TABLE "authors" ADD CONSTRAINT "authors_teacher_id_fkey" FOREIGN KEY ("teacher_id") REFERENCES "authors" ("id") ON DELETE SET NULL;
ALTER TABLE "books" ADD CONSTRAINT "books_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "authors" ("id") ON DELETE RESTRICT;
ALTER TABLE "books" ADD CONSTRAINT "books_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "authors" ("id") ON DELETE SET NULL;
ALTER TABLE "books" ADD CONSTRAINT "books_sequel_of_id_fkey" FOREIGN KEY ("sequel_of_id") REFERENCES "books" ("id") ON DELETE SET NULL;
ALTER TABLE "books" ADD CONSTRAINT "books_reader_id_fkey" FOREIGN KEY ("reader_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "books" ADD CONSTRAINT "books_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "_user" ("id") ON DELETE CASCADE;
ALTER TABLE "books" ADD CONSTRAINT "books_shelf_id_fkey" FOREIGN KEY ("shelf_id") REFERENCES "shelves" ("id") ON DELETE SET NULL;
ALTER TABLE "books" ADD CONSTRAINT "books_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "jackets" ADD CONSTRAINT "jackets_book_id_fkey" FOREIGN KEY ("book_id") REFERENCES "books" ("id") ON DELETE CASCADE;
ALTER TABLE "shelves" ADD CONSTRAINT "shelves_keeper_id_fkey" FOREIGN KEY ("keeper_id") REFERENCES "_user" ("id") ON DELETE SET NULL;

-- Indexes
CREATE INDEX "authors_created_at_id_idx" ON "authors" ("created_at", "id");
CREATE INDEX "authors_teacher_id_idx" ON "authors" ("teacher_id");
CREATE INDEX "books_created_at_id_idx" ON "books" ("created_at", "id");
CREATE INDEX "books_author_id_idx" ON "books" ("author_id");
CREATE INDEX "books_editor_id_idx" ON "books" ("editor_id");
CREATE INDEX "books_reader_id_idx" ON "books" ("reader_id");
CREATE INDEX "books_owner_id_idx" ON "books" ("owner_id");
CREATE INDEX "books_shelf_id_idx" ON "books" ("shelf_id");
CREATE INDEX "books_created_by_idx" ON "books" ("created_by");
CREATE INDEX "jackets_created_at_id_idx" ON "jackets" ("created_at", "id");
CREATE INDEX "topics_created_at_id_idx" ON "topics" ("created_at", "id");
CREATE INDEX "shelves_created_at_id_idx" ON "shelves" ("created_at", "id");
CREATE INDEX "authors_friends_target_id_idx" ON "authors_friends" ("target_id");
CREATE INDEX "books_fans_target_id_idx" ON "books_fans" ("target_id");
CREATE INDEX "books_topics_target_id_idx" ON "books_topics" ("target_id");
