import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Single */
export interface Single {
  id: string;
  createdAt: string;
  updatedAt: string;
  source: string;
  stringLimited: string | null;
  stringNeeded: string;
  stringFixed: string | null;
  stringClosed?: string | null;
  textLimited: string | null;
  textNeeded: string;
  textFixed: string | null;
  textClosed?: string | null;
  integerLimited: number | null;
  integerNeeded: number;
  integerFixed: number | null;
  integerClosed?: number | null;
  bigintLimited: string | null;
  bigintNeeded: string;
  bigintFixed: string | null;
  bigintClosed?: string | null;
  decimalLimited: string | null;
  decimalNeeded: string;
  decimalFixed: string | null;
  decimalClosed?: string | null;
  moneyLimited: string | null;
  moneyNeeded: string;
  moneyFixed: string | null;
  moneyClosed?: string | null;
  booleanLimited: boolean | null;
  booleanNeeded: boolean;
  booleanFixed: boolean | null;
  booleanClosed?: boolean | null;
  dateLimited: string | null;
  dateNeeded: string;
  dateFixed: string | null;
  dateClosed?: string | null;
  datetimeLimited: string | null;
  datetimeNeeded: string;
  datetimeFixed: string | null;
  datetimeClosed?: string | null;
  durationLimited: number | null;
  durationNeeded: number;
  durationFixed: number | null;
  durationClosed?: number | null;
  enumLimited: enums.Color | null;
  enumNeeded: enums.Color;
  enumFixed: enums.Color | null;
  enumClosed?: enums.Color | null;
  uuidLimited: string | null;
  uuidNeeded: string;
  uuidFixed: string | null;
  uuidClosed?: string | null;
  emailLimited: string | null;
  emailNeeded: string;
  emailFixed: string | null;
  emailClosed?: string | null;
  urlLimited: string | null;
  urlNeeded: string;
  urlFixed: string | null;
  urlClosed?: string | null;
  phoneLimited: string | null;
  phoneNeeded: string;
  phoneFixed: string | null;
  phoneClosed?: string | null;
  slugLimited: string | null;
  slugNeeded: string;
  slugFixed: string | null;
  slugClosed?: string | null;
  jsonLimited: api.JsonValue | null;
  jsonNeeded: api.JsonValue;
  jsonFixed: api.JsonValue | null;
  jsonClosed?: api.JsonValue | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: SingleTransition[] };
}

export type SingleTransition = never;

const fields = {
  source: scalars.text({ min: 1, max: 255 }),
  stringLimited: scalars.text({ min: 2, max: 40, pattern: "[A-Z][ 0-9A-Za-z]*" }).nullish(),
  stringNeeded: scalars.text({ min: 1, max: 255 }),
  stringGiven: scalars.text({ max: 255 }).nullish(),
  stringClosed: scalars.text({ max: 255 }).nullish(),
  textLimited: scalars.text({ min: 2, max: 4000 }).nullish(),
  textNeeded: scalars.text({ min: 1, max: 100000 }),
  textGiven: scalars.text({ max: 100000 }).nullish(),
  textClosed: scalars.text({ max: 100000 }).nullish(),
  integerLimited: scalars.integer({ min: -10, max: 1000 }).nullish(),
  integerNeeded: scalars.integer(),
  integerGiven: scalars.integer().nullish(),
  integerClosed: scalars.integer().nullish(),
  bigintLimited: scalars.bigint({ min: "-10", max: "9007199254740993" }).nullish(),
  bigintNeeded: scalars.bigint(),
  bigintGiven: scalars.bigint().nullish(),
  bigintClosed: scalars.bigint().nullish(),
  decimalLimited: scalars.decimal(6, 2, { min: "-10.00", max: "999.99" }).nullish(),
  decimalNeeded: scalars.decimal(6, 2),
  decimalGiven: scalars.decimal(6, 2).nullish(),
  decimalClosed: scalars.decimal(6, 2).nullish(),
  moneyLimited: scalars.money(2, { min: "0.00", max: "5000.00" }).nullish(),
  moneyNeeded: scalars.money(2),
  moneyGiven: scalars.money(2).nullish(),
  moneyClosed: scalars.money(2).nullish(),
  booleanLimited: scalars.boolean().nullish(),
  booleanNeeded: scalars.boolean(),
  booleanGiven: scalars.boolean().nullish(),
  booleanClosed: scalars.boolean().nullish(),
  dateLimited: scalars.date({ min: "2000-01-01", max: "2199-12-31" }).nullish(),
  dateNeeded: scalars.date(),
  dateGiven: scalars.date().nullish(),
  dateClosed: scalars.date().nullish(),
  datetimeLimited: scalars.datetime({ min: "2000-01-01T00:00:00.000Z", max: "2199-12-31T23:59:59.000Z" }).nullish(),
  datetimeNeeded: scalars.datetime(),
  datetimeGiven: scalars.datetime().nullish(),
  datetimeClosed: scalars.datetime().nullish(),
  durationLimited: scalars.duration({ min: 1, max: 86400 }).nullish(),
  durationNeeded: scalars.duration(),
  durationGiven: scalars.duration().nullish(),
  durationClosed: scalars.duration().nullish(),
  enumLimited: scalars.choice(enums.colorValues).nullish(),
  enumNeeded: scalars.choice(enums.colorValues),
  enumGiven: scalars.choice(enums.colorValues).nullish(),
  enumClosed: scalars.choice(enums.colorValues).nullish(),
  uuidLimited: scalars.uuid().nullish(),
  uuidNeeded: scalars.uuid(),
  uuidGiven: scalars.uuid().nullish(),
  uuidClosed: scalars.uuid().nullish(),
  emailLimited: scalars.email({ max: 254 }).nullish(),
  emailNeeded: scalars.email({ max: 254 }),
  emailGiven: scalars.email({ max: 254 }).nullish(),
  emailClosed: scalars.email({ max: 254 }).nullish(),
  urlLimited: scalars.url({ max: 2048 }).nullish(),
  urlNeeded: scalars.url({ max: 2048 }),
  urlGiven: scalars.url({ max: 2048 }).nullish(),
  urlClosed: scalars.url({ max: 2048 }).nullish(),
  phoneLimited: scalars.phone({ max: 16 }).nullish(),
  phoneNeeded: scalars.phone({ max: 16 }),
  phoneGiven: scalars.phone({ max: 16 }).nullish(),
  phoneClosed: scalars.phone({ max: 16 }).nullish(),
  slugLimited: scalars.slug({ max: 100 }).optional(),
  slugNeeded: scalars.slug({ max: 100 }).optional(),
  slugGiven: scalars.slug({ max: 100 }).optional(),
  slugClosed: scalars.slug({ max: 100 }).optional(),
  jsonLimited: scalars.json().nullish(),
  jsonNeeded: scalars.json(),
  jsonGiven: scalars.json().nullish(),
  jsonClosed: scalars.json().nullish(),
};

export const singleCreate = z.strictObject({
  ...fields,
  stringLimited: fields.stringLimited.default("Ada"),
  textLimited: fields.textLimited.default("Some words."),
  integerLimited: fields.integerLimited.default(4),
  bigintLimited: fields.bigintLimited.default("4"),
  decimalLimited: fields.decimalLimited.default("4.50"),
  moneyLimited: fields.moneyLimited.default("4.50"),
  booleanLimited: fields.booleanLimited.default(true),
  dateLimited: fields.dateLimited.default("2026-05-01"),
  datetimeLimited: fields.datetimeLimited.default("2026-05-01T06:30:00.000Z"),
  durationLimited: fields.durationLimited.default(60),
  enumLimited: fields.enumLimited.default("red"),
  uuidLimited: fields.uuidLimited.default("6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13"),
  emailLimited: fields.emailLimited.default("ada@example.com"),
  urlLimited: fields.urlLimited.default("https://example.com"),
  phoneLimited: fields.phoneLimited.default("+4930123456"),
  jsonLimited: fields.jsonLimited.default({ "a": 1 }),
});

export const singleUpdate = z.strictObject(fields).partial();

export type SingleCreate = z.input<typeof singleCreate>;
export type SingleUpdate = z.input<typeof singleUpdate>;

export const singleMeta: api.EntityMeta = {
  name: "Single",
  path: "/api/singles",
  label: "Single",
  labelPlural: "Singles",
  display: "source",
  search: true,
  fields: {
    source: { label: "Source", type: "string", required: true, maxLength: 255 },
    stringLimited: { label: "String limited", type: "string", minLength: 2, maxLength: 40, pattern: "[A-Z][ 0-9A-Za-z]*", default: "Ada" },
    stringNeeded: { label: "String needed", type: "string", required: true, maxLength: 255 },
    stringFixed: { label: "String fixed", type: "string", readOnly: true, sensitive: true, maxLength: 255, default: "Ada" },
    stringGiven: { label: "String given", type: "string", writeOnly: true, maxLength: 255 },
    stringClosed: { label: "String closed", type: "string", maxLength: 255 },
    textLimited: { label: "Text limited", type: "text", minLength: 2, maxLength: 4000, default: "Some words." },
    textNeeded: { label: "Text needed", type: "text", required: true, maxLength: 100000 },
    textFixed: { label: "Text fixed", type: "text", readOnly: true, sensitive: true, maxLength: 100000, default: "Some words." },
    textGiven: { label: "Text given", type: "text", writeOnly: true, maxLength: 100000 },
    textClosed: { label: "Text closed", type: "text", maxLength: 100000 },
    integerLimited: { label: "Integer limited", type: "integer", min: -10, max: 1000, default: 4 },
    integerNeeded: { label: "Integer needed", type: "integer", required: true },
    integerFixed: { label: "Integer fixed", type: "integer", readOnly: true, sensitive: true, default: 4 },
    integerGiven: { label: "Integer given", type: "integer", writeOnly: true },
    integerClosed: { label: "Integer closed", type: "integer" },
    bigintLimited: { label: "Bigint limited", type: "bigint", min: "-10", max: "9007199254740993", default: "4" },
    bigintNeeded: { label: "Bigint needed", type: "bigint", required: true },
    bigintFixed: { label: "Bigint fixed", type: "bigint", readOnly: true, sensitive: true, default: "4" },
    bigintGiven: { label: "Bigint given", type: "bigint", writeOnly: true },
    bigintClosed: { label: "Bigint closed", type: "bigint" },
    decimalLimited: { label: "Decimal limited", type: "decimal", digits: 2, min: "-10.00", max: "999.99", default: "4.50" },
    decimalNeeded: { label: "Decimal needed", type: "decimal", required: true, digits: 2 },
    decimalFixed: { label: "Decimal fixed", type: "decimal", readOnly: true, sensitive: true, digits: 2, default: "4.50" },
    decimalGiven: { label: "Decimal given", type: "decimal", writeOnly: true, digits: 2 },
    decimalClosed: { label: "Decimal closed", type: "decimal", digits: 2 },
    moneyLimited: { label: "Money limited", type: "money", currency: "EUR", digits: 2, min: "0.00", max: "5000.00", default: "4.50" },
    moneyNeeded: { label: "Money needed", type: "money", required: true, currency: "EUR", digits: 2 },
    moneyFixed: { label: "Money fixed", type: "money", readOnly: true, sensitive: true, currency: "EUR", digits: 2, default: "4.50" },
    moneyGiven: { label: "Money given", type: "money", writeOnly: true, currency: "EUR", digits: 2 },
    moneyClosed: { label: "Money closed", type: "money", currency: "EUR", digits: 2 },
    booleanLimited: { label: "Boolean limited", type: "boolean", default: true },
    booleanNeeded: { label: "Boolean needed", type: "boolean", required: true },
    booleanFixed: { label: "Boolean fixed", type: "boolean", readOnly: true, sensitive: true, default: true },
    booleanGiven: { label: "Boolean given", type: "boolean", writeOnly: true },
    booleanClosed: { label: "Boolean closed", type: "boolean" },
    dateLimited: { label: "Date limited", type: "date", min: "2000-01-01", max: "2199-12-31", default: "2026-05-01" },
    dateNeeded: { label: "Date needed", type: "date", required: true },
    dateFixed: { label: "Date fixed", type: "date", readOnly: true, sensitive: true, default: "2026-05-01" },
    dateGiven: { label: "Date given", type: "date", writeOnly: true },
    dateClosed: { label: "Date closed", type: "date" },
    datetimeLimited: {
      label: "Datetime limited",
      type: "datetime",
      min: "2000-01-01T00:00:00.000Z",
      max: "2199-12-31T23:59:59.000Z",
      default: "2026-05-01T06:30:00.000Z",
    },
    datetimeNeeded: { label: "Datetime needed", type: "datetime", required: true },
    datetimeFixed: { label: "Datetime fixed", type: "datetime", readOnly: true, sensitive: true, default: "2026-05-01T06:30:00.000Z" },
    datetimeGiven: { label: "Datetime given", type: "datetime", writeOnly: true },
    datetimeClosed: { label: "Datetime closed", type: "datetime" },
    durationLimited: { label: "Duration limited", type: "duration", min: 1, max: 86400, default: 60 },
    durationNeeded: { label: "Duration needed", type: "duration", required: true },
    durationFixed: { label: "Duration fixed", type: "duration", readOnly: true, sensitive: true, default: 60 },
    durationGiven: { label: "Duration given", type: "duration", writeOnly: true },
    durationClosed: { label: "Duration closed", type: "duration" },
    enumLimited: { label: "Enum limited", type: "enum", options: enums.colorOptions, default: "red" },
    enumNeeded: { label: "Enum needed", type: "enum", required: true, options: enums.colorOptions },
    enumFixed: { label: "Enum fixed", type: "enum", readOnly: true, sensitive: true, options: enums.colorOptions, default: "red" },
    enumGiven: { label: "Enum given", type: "enum", writeOnly: true, options: enums.colorOptions },
    enumClosed: { label: "Enum closed", type: "enum", options: enums.colorOptions },
    uuidLimited: { label: "Uuid limited", type: "uuid", default: "6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13" },
    uuidNeeded: { label: "Uuid needed", type: "uuid", required: true },
    uuidFixed: { label: "Uuid fixed", type: "uuid", readOnly: true, sensitive: true, default: "6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13" },
    uuidGiven: { label: "Uuid given", type: "uuid", writeOnly: true },
    uuidClosed: { label: "Uuid closed", type: "uuid" },
    emailLimited: { label: "Email limited", type: "email", maxLength: 254, default: "ada@example.com" },
    emailNeeded: { label: "Email needed", type: "email", required: true, maxLength: 254 },
    emailFixed: { label: "Email fixed", type: "email", readOnly: true, sensitive: true, maxLength: 254, default: "ada@example.com" },
    emailGiven: { label: "Email given", type: "email", writeOnly: true, maxLength: 254 },
    emailClosed: { label: "Email closed", type: "email", maxLength: 254 },
    urlLimited: { label: "Url limited", type: "url", maxLength: 2048, default: "https://example.com" },
    urlNeeded: { label: "Url needed", type: "url", required: true, maxLength: 2048 },
    urlFixed: { label: "Url fixed", type: "url", readOnly: true, sensitive: true, maxLength: 2048, default: "https://example.com" },
    urlGiven: { label: "Url given", type: "url", writeOnly: true, maxLength: 2048 },
    urlClosed: { label: "Url closed", type: "url", maxLength: 2048 },
    phoneLimited: { label: "Phone limited", type: "phone", maxLength: 16, default: "+4930123456" },
    phoneNeeded: { label: "Phone needed", type: "phone", required: true, maxLength: 16 },
    phoneFixed: { label: "Phone fixed", type: "phone", readOnly: true, sensitive: true, maxLength: 16, default: "+4930123456" },
    phoneGiven: { label: "Phone given", type: "phone", writeOnly: true, maxLength: 16 },
    phoneClosed: { label: "Phone closed", type: "phone", maxLength: 16 },
    slugLimited: { label: "Slug limited", type: "slug", maxLength: 100 },
    slugNeeded: { label: "Slug needed", type: "slug", required: true, maxLength: 100 },
    slugFixed: { label: "Slug fixed", type: "slug", readOnly: true, sensitive: true, maxLength: 100 },
    slugGiven: { label: "Slug given", type: "slug", writeOnly: true, maxLength: 100 },
    slugClosed: { label: "Slug closed", type: "slug", maxLength: 100 },
    jsonLimited: { label: "Json limited", type: "json", default: { "a": 1 } },
    jsonNeeded: { label: "Json needed", type: "json", required: true },
    jsonFixed: { label: "Json fixed", type: "json", readOnly: true, sensitive: true, default: { "a": 1 } },
    jsonGiven: { label: "Json given", type: "json", writeOnly: true },
    jsonClosed: { label: "Json closed", type: "json" },
  },
  relations: {},
  transitions: {},
};
