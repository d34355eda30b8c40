import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Has a field of every type. */
export interface Specimen {
  id: string;
  createdAt: string;
  updatedAt: string;
  title: string;
  slug: string | null;
  drawer: string | null;
  notes: string | null;
  legs: number;
  inventory: string | null;
  weight: string | null;
  price: string;
  auction: string | null;
  estimate: string | null;
  onDisplay: boolean;
  foundOn: string | null;
  checkedAt: string | null;
  exposure: number | null;
  kind: enums.Kind;
  reference: string | null;
  finder: string | null;
  source: string | null;
  phone: string | null;
  measures: api.JsonValue | null;
  rank: number | null;
  nicknames: string[] | null;
  alike: enums.Kind[] | null;
  counts: number[] | null;
  serials: string[] | null;
  samples: string[] | null;
  offers: string[] | null;
  answers: boolean[] | null;
  visits: string[] | null;
  sightings: string[] | null;
  laps: number[] | null;
  related: string[] | null;
  experts: string[] | null;
  links: string[] | null;
  hotlines: string[] | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: SpecimenTransition[] };
}

export type SpecimenTransition = never;

const fields = {
  title: scalars.text({ min: 2, max: 80, pattern: "[A-Za-z][^\\n]*" }),
  slug: scalars.slug({ max: 100 }).optional(),
  drawer: scalars.text({ max: 255 }).nullish(),
  notes: scalars.text({ min: 1, max: 5000 }).nullish(),
  legs: scalars.integer({ min: 0, max: 1000 }),
  inventory: scalars.bigint({ min: "-9000000000000000000", max: "9000000000000000000" }).nullish(),
  weight: scalars.decimal(9, 4, { min: "0.0000", max: "10000.5000" }).nullish(),
  price: scalars.money(2, { min: "0.00" }),
  auction: scalars.money(0, { max: "5000000" }).nullish(),
  estimate: scalars.money(3).nullish(),
  onDisplay: scalars.boolean(),
  foundOn: scalars.date({ min: "1700-01-01", max: "2100-12-31" }).nullish(),
  checkedAt: scalars.datetime({ min: "2000-01-01T00:00:00.000Z" }).nullish(),
  exposure: scalars.duration({ min: 0, max: 86400 }).nullish(),
  kind: scalars.choice(enums.kindValues),
  reference: scalars.uuid().nullish(),
  finder: scalars.email({ max: 254 }).nullish(),
  source: scalars.url({ max: 2048 }).nullish(),
  phone: scalars.phone({ max: 16 }).nullish(),
  measures: scalars.json().nullish(),
  accessCode: scalars.text({ max: 12 }).nullish(),
  nicknames: scalars.list(scalars.text({ min: 1, max: 255 }), { min: 1, max: 5 }).nullish(),
  alike: scalars.list(scalars.choice(enums.kindValues), { max: 100 }).nullish(),
  counts: scalars.list(scalars.integer(), { max: 100 }).nullish(),
  serials: scalars.list(scalars.bigint(), { max: 100 }).nullish(),
  samples: scalars.list(scalars.decimal(6, 2), { max: 100 }).nullish(),
  offers: scalars.list(scalars.money(2), { max: 100 }).nullish(),
  answers: scalars.list(scalars.boolean(), { max: 100 }).nullish(),
  visits: scalars.list(scalars.date(), { max: 100 }).nullish(),
  sightings: scalars.list(scalars.datetime(), { max: 100 }).nullish(),
  laps: scalars.list(scalars.duration(), { max: 100 }).nullish(),
  related: scalars.list(scalars.uuid(), { max: 100 }).nullish(),
  experts: scalars.list(scalars.email(), { max: 100 }).nullish(),
  links: scalars.list(scalars.url(), { max: 100 }).nullish(),
  hotlines: scalars.list(scalars.phone(), { max: 100 }).nullish(),
};

export const specimenCreate = z.strictObject({
  ...fields,
  drawer: fields.drawer.default("A 1"),
  legs: fields.legs.default(6),
  weight: fields.weight.default("1.5000"),
  price: fields.price.default("49.90"),
  onDisplay: fields.onDisplay.default(false),
  checkedAt: fields.checkedAt.default("2026-05-01T06:30:00.000Z"),
  exposure: fields.exposure.default(90),
  kind: fields.kind.default("beetle"),
  measures: fields.measures.default({ "any": ["thing", 1, null] }),
  nicknames: fields.nicknames.default(["Tin Lizzie"]),
});

export const specimenUpdate = z.strictObject(fields).partial();

export type SpecimenCreate = z.input<typeof specimenCreate>;
export type SpecimenUpdate = z.input<typeof specimenUpdate>;

export const specimenMeta: api.EntityMeta = {
  name: "Specimen",
  path: "/api/specimens",
  label: "Specimen",
  labelPlural: "Specimens",
  display: "title",
  search: true,
  fields: {
    title: {
      label: "Title of the specimen",
      type: "string",
      help: "As it stands on the drawer.",
      required: true,
      minLength: 2,
      maxLength: 80,
      pattern: "[A-Za-z][^\\n]*",
    },
    slug: { label: "Slug", type: "slug", maxLength: 100 },
    drawer: { label: "Drawer", type: "string", maxLength: 255, default: "A 1" },
    notes: { label: "Notes", type: "text", minLength: 1, maxLength: 5000 },
    legs: { label: "Legs", type: "integer", required: true, min: 0, max: 1000, default: 6 },
    inventory: { label: "Inventory", type: "bigint", min: "-9000000000000000000", max: "9000000000000000000" },
    weight: { label: "Weight", type: "decimal", digits: 4, min: "0.0000", max: "10000.5000", default: "1.5000" },
    price: { label: "Price", type: "money", required: true, currency: "EUR", digits: 2, min: "0.00", default: "49.90" },
    auction: { label: "Auction", type: "money", currency: "JPY", digits: 0, max: "5000000" },
    estimate: { label: "Estimate", type: "money", currency: "KWD", digits: 3 },
    onDisplay: { label: "On display", type: "boolean", required: true, default: false },
    foundOn: { label: "Found on", type: "date", min: "1700-01-01", max: "2100-12-31" },
    checkedAt: { label: "Checked at", type: "datetime", min: "2000-01-01T00:00:00.000Z", default: "2026-05-01T06:30:00.000Z" },
    exposure: { label: "Exposure", type: "duration", min: 0, max: 86400, default: 90 },
    kind: { label: "Kind", type: "enum", required: true, options: enums.kindOptions, default: "beetle" },
    reference: { label: "Reference", type: "uuid" },
    finder: { label: "Finder", type: "email", sensitive: true, maxLength: 254 },
    source: { label: "Source", type: "url", maxLength: 2048 },
    phone: { label: "Phone", type: "phone", sensitive: true, maxLength: 16 },
    measures: { label: "Measures", type: "json", default: { "any": ["thing", 1, null] } },
    accessCode: { label: "Access code", type: "string", writeOnly: true, sensitive: true, maxLength: 12 },
    rank: { label: "Rank", type: "integer", readOnly: true, default: 0 },
    nicknames: { label: "Nicknames", type: "string", list: true, minLength: 1, maxLength: 5, default: ["Tin Lizzie"] },
    alike: { label: "Alike", type: "enum", list: true, options: enums.kindOptions, maxLength: 100 },
    counts: { label: "Counts", type: "integer", list: true, maxLength: 100 },
    serials: { label: "Serials", type: "bigint", list: true, maxLength: 100 },
    samples: { label: "Samples", type: "decimal", list: true, digits: 2, maxLength: 100 },
    offers: { label: "Offers", type: "money", list: true, currency: "USD", digits: 2, maxLength: 100 },
    answers: { label: "Answers", type: "boolean", list: true, maxLength: 100 },
    visits: { label: "Visits", type: "date", list: true, maxLength: 100 },
    sightings: { label: "Sightings", type: "datetime", list: true, maxLength: 100 },
    laps: { label: "Laps", type: "duration", list: true, maxLength: 100 },
    related: { label: "Related", type: "uuid", list: true, maxLength: 100 },
    experts: { label: "Experts", type: "email", list: true, maxLength: 100 },
    links: { label: "Links", type: "url", list: true, maxLength: 100 },
    hotlines: { label: "Hotlines", type: "phone", list: true, maxLength: 100 },
  },
  relations: {},
  transitions: {},
};
