-- 0001 create
--
-- Added Announcement.
-- Added Vault.
-- Added Memo.
-- Added Report.
-- Added Diary.
-- Added Task.
-- Added Suggestion.
-- Added Ticket.
-- Added Errand.
-- Added Person.

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

CREATE TABLE "announcements" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "announcements_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "vaults" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "vaults_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "memos" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "memos_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "reports" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "reports_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "diaries" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "diaries_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "tasks" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "assignee_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "tasks_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "suggestions" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "suggestions_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "tickets" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "reporter_id" uuid,
    "helper_id" uuid,
    "solver_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "tickets_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "errands" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "runner_id" uuid NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "errands_title_length" CHECK (char_length("title") <= 255)
);

CREATE TABLE "people" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "title" text NOT NULL,
    "salary" numeric(19, 2),
    "nobody" text,
    "drop_box" text,
    "published" text,
    "birthday" date,
    "mentor_id" uuid,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" uuid,
    CONSTRAINT "people_title_length" CHECK (char_length("title") <= 255),
    CONSTRAINT "people_nobody_length" CHECK (char_length("nobody") <= 255),
    CONSTRAINT "people_drop_box_length" CHECK (char_length("drop_box") <= 255),
    CONSTRAINT "people_published_length" CHECK (char_length("published") <= 255)
);

-- Foreign keys
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "vaults" ADD CONSTRAINT "vaults_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "memos" ADD CONSTRAINT "memos_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "reports" ADD CONSTRAINT "reports_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "diaries" ADD CONSTRAINT "diaries_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "suggestions" ADD CONSTRAINT "suggestions_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_reporter_id_fkey" FOREIGN KEY ("reporter_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_helper_id_fkey" FOREIGN KEY ("helper_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_solver_id_fkey" FOREIGN KEY ("solver_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "errands" ADD CONSTRAINT "errands_runner_id_fkey" FOREIGN KEY ("runner_id") REFERENCES "_user" ("id") ON DELETE RESTRICT;
ALTER TABLE "people" ADD CONSTRAINT "people_mentor_id_fkey" FOREIGN KEY ("mentor_id") REFERENCES "_user" ("id") ON DELETE SET NULL;
ALTER TABLE "people" ADD CONSTRAINT "people_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;

-- Indexes
CREATE INDEX "announcements_created_at_id_idx" ON "announcements" ("created_at", "id");
CREATE INDEX "announcements_created_by_idx" ON "announcements" ("created_by");
CREATE INDEX "vaults_created_at_id_idx" ON "vaults" ("created_at", "id");
CREATE INDEX "vaults_created_by_idx" ON "vaults" ("created_by");
CREATE INDEX "memos_created_at_id_idx" ON "memos" ("created_at", "id");
CREATE INDEX "memos_created_by_idx" ON "memos" ("created_by");
CREATE INDEX "reports_created_at_id_idx" ON "reports" ("created_at", "id");
CREATE INDEX "reports_created_by_idx" ON "reports" ("created_by");
CREATE INDEX "diaries_created_at_id_idx" ON "diaries" ("created_at", "id");
CREATE INDEX "diaries_created_by_idx" ON "diaries" ("created_by");
CREATE INDEX "tasks_created_at_id_idx" ON "tasks" ("created_at", "id");
CREATE INDEX "tasks_assignee_id_idx" ON "tasks" ("assignee_id");
CREATE INDEX "tasks_created_by_idx" ON "tasks" ("created_by");
CREATE INDEX "suggestions_created_at_id_idx" ON "suggestions" ("created_at", "id");
CREATE INDEX "suggestions_created_by_idx" ON "suggestions" ("created_by");
CREATE INDEX "tickets_created_at_id_idx" ON "tickets" ("created_at", "id");
CREATE INDEX "tickets_reporter_id_idx" ON "tickets" ("reporter_id");
CREATE INDEX "tickets_helper_id_idx" ON "tickets" ("helper_id");
CREATE INDEX "tickets_solver_id_idx" ON "tickets" ("solver_id");
CREATE INDEX "tickets_created_by_idx" ON "tickets" ("created_by");
CREATE INDEX "errands_created_at_id_idx" ON "errands" ("created_at", "id");
CREATE INDEX "errands_runner_id_idx" ON "errands" ("runner_id");
CREATE INDEX "people_created_at_id_idx" ON "people" ("created_at", "id");
CREATE INDEX "people_mentor_id_idx" ON "people" ("mentor_id");
CREATE INDEX "people_created_by_idx" ON "people" ("created_by");
