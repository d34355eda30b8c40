-- 0002 remove-item-color-change-item-price-require-item-price-and-3-more
--
-- Removed Color of Item; its column stays until no release needs it.
-- Changed the type of Price of Item; older releases keep theirs.
-- Price of Item is now required.
-- Added field Stock to Item.
-- Item now keeps who created a record.
-- Stock of Item must be at least 0: the database demands it from now on, of older releases too.

SET LOCAL lock_timeout = '5s';

-- Rules that no longer hold
ALTER TABLE "items" DROP CONSTRAINT "items_color_length";

-- Columns
ALTER TABLE "items" ALTER COLUMN "price" DROP NOT NULL;
ALTER TABLE "items" ADD COLUMN "price_2" numeric(19, 2);
ALTER TABLE "items" ADD COLUMN "stock" integer NOT NULL DEFAULT 0;
ALTER TABLE "items" ADD COLUMN "created_by" uuid;

-- Existing records
UPDATE "items" SET "price_2" = "_slipform"."try_cast"(("price")::text, 'numeric(19, 2)')::numeric(19, 2);

-- What lets older releases go on writing
CREATE OR REPLACE FUNCTION "_slipform"."items_price_2_bridge"() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW."price" IS NOT NULL THEN
            NEW."price_2" := "_slipform"."try_cast"((NEW."price")::text, 'numeric(19, 2)')::numeric(19, 2);
        ELSE
            NEW."price" := "_slipform"."try_cast"(round(NEW."price_2")::text, 'integer')::integer;
        END IF;
    ELSIF NEW."price" IS DISTINCT FROM OLD."price" THEN
        NEW."price_2" := "_slipform"."try_cast"((NEW."price")::text, 'numeric(19, 2)')::numeric(19, 2);
    ELSIF NEW."price_2" IS DISTINCT FROM OLD."price_2" THEN
        NEW."price" := "_slipform"."try_cast"(round(NEW."price_2")::text, 'integer')::integer;
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER "items_price_2_bridge" BEFORE INSERT OR UPDATE ON "items"
    FOR EACH ROW EXECUTE FUNCTION "_slipform"."items_price_2_bridge"();

-- Rules for single columns
ALTER TABLE "items" ADD CONSTRAINT "items_stock_min" CHECK ("stock" >= 0);

-- Foreign keys
ALTER TABLE "items" ADD CONSTRAINT "items_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "_user" ("id") ON DELETE SET NULL;

-- Indexes
CREATE INDEX "items_created_by_idx" ON "items" ("created_by");
