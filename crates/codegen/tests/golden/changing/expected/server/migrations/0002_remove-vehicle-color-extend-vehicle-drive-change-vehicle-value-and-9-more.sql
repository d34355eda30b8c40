-- 0002 remove-vehicle-color-extend-vehicle-drive-change-vehicle-value-and-9-more
--
-- Removed Color of Vehicle; its column stays until no release needs it.
-- Changed the values that Drive of Vehicle can have.
-- Changed the type of Value of Vehicle; older releases keep theirs.
-- Value of Vehicle is now required.
-- Changed the type of Doors of Vehicle; older releases keep theirs.
-- Changed the type of Tags of Vehicle; older releases keep theirs.
-- Gave Weight of Vehicle more room.
-- Added field Note to Vehicle.
-- Vehicle no longer keeps who created a record; the column stays until no release needs it.
-- Vehicle now keeps deleted records.
-- Vehicle now has a version.
-- Drive of Vehicle must be one of the values of its enum: the database demands it from now on, of older releases too.
-- Value of Vehicle must be at least 0.00: the new release demands it now, the database once no older release can come back.
-- Doors of Vehicle must be at least 0: the new release demands it now, the database once no older release can come back.
-- Doors of Vehicle must be at most 9: the new release demands it now, the database once no older release can come back.
-- Tags of Vehicle must be at most 10 items: the new release demands it now, the database once no older release can come back.
-- Note of Vehicle must be at most 100000 characters: the database demands it from now on, of older releases too.
-- Address of Vehicle must be unique: the database demands it from now on, of older releases too.
-- Licence of Vehicle must be unique: the database demands it from now on, of older releases too.

SET LOCAL lock_timeout = '5s';

-- Rules that no longer hold
DROP INDEX "cars_created_by_idx";
ALTER TABLE "cars" DROP CONSTRAINT "cars_color_length";
DROP INDEX "cars_color_key";
ALTER TABLE "cars" DROP CONSTRAINT "cars_doors_length";
ALTER TABLE "cars" DROP CONSTRAINT "cars_fuel_values";
ALTER TABLE "cars" DROP CONSTRAINT "cars_price_min";
ALTER TABLE "cars" DROP CONSTRAINT "cars_tag_length";
DROP INDEX "cars_slug_key";
DROP INDEX "cars_plate_key";

-- Columns
ALTER TABLE "cars" ALTER COLUMN "color" DROP NOT NULL;
ALTER TABLE "cars" ALTER COLUMN "price" DROP NOT NULL;
ALTER TABLE "cars" ADD COLUMN "value" numeric(19, 2);
ALTER TABLE "cars" ADD COLUMN "doors_2" integer;
ALTER TABLE "cars" ADD COLUMN "tags" text[];
ALTER TABLE "cars" ALTER COLUMN "weight" TYPE numeric(9, 3);
ALTER TABLE "cars" ADD COLUMN "note" text NOT NULL DEFAULT 'None.';
ALTER TABLE "cars" ADD COLUMN "deleted_at" timestamptz;
ALTER TABLE "cars" ADD COLUMN "version" integer NOT NULL DEFAULT 1;

-- Existing records
UPDATE "cars" SET "value" = "_slipform"."try_cast"(("price")::text, 'numeric(19, 2)')::numeric(19, 2);
UPDATE "cars" SET "doors_2" = CASE WHEN trim("doors") ~ '^[-+]?[0-9]+([.][0-9]+)?$' THEN "_slipform"."try_cast"(trim("doors"), 'integer')::integer END;
UPDATE "cars" SET "tags" = CASE WHEN "tag" IS NOT NULL THEN array_remove(ARRAY["tag"], NULL) END;

-- What lets older releases go on writing
CREATE OR REPLACE FUNCTION "_slipform"."cars_doors_2_bridge"() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW."doors" IS NOT NULL THEN
            NEW."doors_2" := CASE WHEN trim(NEW."doors") ~ '^[-+]?[0-9]+([.][0-9]+)?$' THEN "_slipform"."try_cast"(trim(NEW."doors"), 'integer')::integer END;
        ELSE
            NEW."doors" := (NEW."doors_2")::text;
        END IF;
    ELSIF NEW."doors" IS DISTINCT FROM OLD."doors" THEN
        NEW."doors_2" := CASE WHEN trim(NEW."doors") ~ '^[-+]?[0-9]+([.][0-9]+)?$' THEN "_slipform"."try_cast"(trim(NEW."doors"), 'integer')::integer END;
    ELSIF NEW."doors_2" IS DISTINCT FROM OLD."doors_2" THEN
        NEW."doors" := (NEW."doors_2")::text;
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER "cars_doors_2_bridge" BEFORE INSERT OR UPDATE ON "cars"
    FOR EACH ROW EXECUTE FUNCTION "_slipform"."cars_doors_2_bridge"();

CREATE OR REPLACE FUNCTION "_slipform"."cars_tags_bridge"() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW."tag" IS NOT NULL THEN
            NEW."tags" := CASE WHEN NEW."tag" IS NOT NULL THEN array_remove(ARRAY[NEW."tag"], NULL) END;
        ELSE
            NEW."tag" := (NEW."tags")[1];
        END IF;
    ELSIF NEW."tag" IS DISTINCT FROM OLD."tag" THEN
        NEW."tags" := CASE WHEN NEW."tag" IS NOT NULL THEN array_remove(ARRAY[NEW."tag"], NULL) END;
    ELSIF NEW."tags" IS DISTINCT FROM OLD."tags" THEN
        NEW."tag" := (NEW."tags")[1];
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER "cars_tags_bridge" BEFORE INSERT OR UPDATE ON "cars"
    FOR EACH ROW EXECUTE FUNCTION "_slipform"."cars_tags_bridge"();

CREATE OR REPLACE FUNCTION "_slipform"."cars_value_bridge"() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW."price" IS NOT NULL THEN
            NEW."value" := "_slipform"."try_cast"((NEW."price")::text, 'numeric(19, 2)')::numeric(19, 2);
        ELSE
            NEW."price" := "_slipform"."try_cast"(round(NEW."value")::text, 'integer')::integer;
        END IF;
    ELSIF NEW."price" IS DISTINCT FROM OLD."price" THEN
        NEW."value" := "_slipform"."try_cast"((NEW."price")::text, 'numeric(19, 2)')::numeric(19, 2);
    ELSIF NEW."value" IS DISTINCT FROM OLD."value" THEN
        NEW."price" := "_slipform"."try_cast"(round(NEW."value")::text, 'integer')::integer;
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER "cars_value_bridge" BEFORE INSERT OR UPDATE ON "cars"
    FOR EACH ROW EXECUTE FUNCTION "_slipform"."cars_value_bridge"();

-- Rules for single columns
ALTER TABLE "cars" ADD CONSTRAINT "cars_fuel_values" CHECK ("fuel" IN ('fuel-gas', 'fuel-none', 'fuel-oil'));
ALTER TABLE "cars" ADD CONSTRAINT "cars_note_length" CHECK (char_length("note") <= 100000);

-- Rules between records
CREATE UNIQUE INDEX "cars_slug_key" ON "cars" ("slug") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "cars_plate_key" ON "cars" ("plate") WHERE "deleted_at" IS NULL;
