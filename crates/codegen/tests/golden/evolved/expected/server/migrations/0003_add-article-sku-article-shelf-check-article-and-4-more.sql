-- 0003 add-article-sku-article-shelf-check-article-and-4-more
--
-- Added field Sku to Article.
-- Added relation Shelf to Article.
-- Sku of Article must be at most 20 characters: the database demands it from now on, of older releases too.
-- Dropped the column "color" of Items: no release needs it any more.
-- Dropped the column "price" of Items: no release needs it any more.
-- Added Shelf.
-- Wrote 1 seed.

SET LOCAL lock_timeout = '5s';

-- Rules that no longer hold
DROP TRIGGER "items_price_2_bridge" ON "items";
DROP FUNCTION "_slipform"."items_price_2_bridge"();

-- New tables
CREATE TABLE "shelves" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "name" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "shelves_name_length" CHECK (char_length("name") <= 255)
);

-- Columns
ALTER TABLE "items" ADD COLUMN "sku" text NOT NULL DEFAULT 'NONE';
ALTER TABLE "items" ADD COLUMN "shelf_id" uuid NOT NULL DEFAULT '17feed31-1429-84a8-9407-ac56a3558312'::uuid;

-- Rules for single columns
ALTER TABLE "items" ALTER COLUMN "price_2" SET NOT NULL;
ALTER TABLE "items" ADD CONSTRAINT "items_sku_length" CHECK (char_length("sku") <= 20);

-- Seeds
INSERT INTO "shelves" ("id", "name")
VALUES
    ('17feed31-1429-84a8-9407-ac56a3558312'::uuid, 'Front')
ON CONFLICT DO NOTHING;

-- Foreign keys
ALTER TABLE "items" ADD CONSTRAINT "items_shelf_id_fkey" FOREIGN KEY ("shelf_id") REFERENCES "shelves" ("id") ON DELETE RESTRICT;

-- Indexes
CREATE INDEX "items_shelf_id_idx" ON "items" ("shelf_id");
CREATE INDEX "shelves_created_at_id_idx" ON "shelves" ("created_at", "id");

-- What no release needs any more
ALTER TABLE "items" DROP COLUMN "color";
ALTER TABLE "items" DROP COLUMN "price";
