import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type * as api from "./types.ts";

/** Collection */
export interface Collection {
  id: string;
  createdAt: string;
  updatedAt: string;
  stringLimited: string[] | null;
  stringNeeded: string[];
  stringFixed: string[] | null;
  stringClosed?: string[] | null;
  integerLimited: number[] | null;
  integerNeeded: number[];
  integerFixed: number[] | null;
  integerClosed?: number[] | null;
  bigintLimited: string[] | null;
  bigintNeeded: string[];
  bigintFixed: string[] | null;
  bigintClosed?: string[] | null;
  decimalLimited: string[] | null;
  decimalNeeded: string[];
  decimalFixed: string[] | null;
  decimalClosed?: string[] | null;
  moneyLimited: string[] | null;
  moneyNeeded: string[];
  moneyFixed: string[] | null;
  moneyClosed?: string[] | null;
  booleanLimited: boolean[] | null;
  booleanNeeded: boolean[];
  booleanFixed: boolean[] | null;
  booleanClosed?: boolean[] | null;
  dateLimited: string[] | null;
  dateNeeded: string[];
  dateFixed: string[] | null;
  dateClosed?: string[] | null;
  datetimeLimited: string[] | null;
  datetimeNeeded: string[];
  datetimeFixed: string[] | null;
  datetimeClosed?: string[] | null;
  durationLimited: number[] | null;
  durationNeeded: number[];
  durationFixed: number[] | null;
  durationClosed?: number[] | null;
  enumLimited: enums.Color[] | null;
  enumNeeded: enums.Color[];
  enumFixed: enums.Color[] | null;
  enumClosed?: enums.Color[] | null;
  uuidLimited: string[] | null;
  uuidNeeded: string[];
  uuidFixed: string[] | null;
  uuidClosed?: string[] | null;
  emailLimited: string[] | null;
  emailNeeded: string[];
  emailFixed: string[] | null;
  emailClosed?: string[] | null;
  urlLimited: string[] | null;
  urlNeeded: string[];
  urlFixed: string[] | null;
  urlClosed?: string[] | null;
  phoneLimited: string[] | null;
  phoneNeeded: string[];
  phoneFixed: string[] | null;
  phoneClosed?: string[] | null;
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: CollectionTransition[] };
}

export type CollectionTransition = never;

const fields = {
  stringLimited: scalars.list(scalars.text({ min: 1, max: 255, pattern: "[A-Z][ 0-9A-Za-z]*" }), { min: 1, max: 5 }).nullish(),
  stringNeeded: scalars.list(scalars.text({ min: 1, max: 255 }), { max: 100 }),
  stringGiven: scalars.list(scalars.text({ min: 1, max: 255 }), { max: 100 }).nullish(),
  stringClosed: scalars.list(scalars.text({ min: 1, max: 255 }), { max: 100 }).nullish(),
  integerLimited: scalars.list(scalars.integer({ min: -10, max: 1000 }), { min: 1, max: 5 }).nullish(),
  integerNeeded: scalars.list(scalars.integer(), { max: 100 }),
  integerGiven: scalars.list(scalars.integer(), { max: 100 }).nullish(),
  integerClosed: scalars.list(scalars.integer(), { max: 100 }).nullish(),
  bigintLimited: scalars.list(scalars.bigint({ min: "-10", max: "9007199254740993" }), { min: 1, max: 5 }).nullish(),
  bigintNeeded: scalars.list(scalars.bigint(), { max: 100 }),
  bigintGiven: scalars.list(scalars.bigint(), { max: 100 }).nullish(),
  bigintClosed: scalars.list(scalars.bigint(), { max: 100 }).nullish(),
  decimalLimited: scalars.list(scalars.decimal(6, 2, { min: "-10.00", max: "999.99" }), { min: 1, max: 5 }).nullish(),
  decimalNeeded: scalars.list(scalars.decimal(6, 2), { max: 100 }),
  decimalGiven: scalars.list(scalars.decimal(6, 2), { max: 100 }).nullish(),
  decimalClosed: scalars.list(scalars.decimal(6, 2), { max: 100 }).nullish(),
  moneyLimited: scalars.list(scalars.money(2, { min: "0.00", max: "5000.00" }), { min: 1, max: 5 }).nullish(),
  moneyNeeded: scalars.list(scalars.money(2), { max: 100 }),
  moneyGiven: scalars.list(scalars.money(2), { max: 100 }).nullish(),
  moneyClosed: scalars.list(scalars.money(2), { max: 100 }).nullish(),
  booleanLimited: scalars.list(scalars.boolean(), { min: 1, max: 5 }).nullish(),
  booleanNeeded: scalars.list(scalars.boolean(), { max: 100 }),
  booleanGiven: scalars.list(scalars.boolean(), { max: 100 }).nullish(),
  booleanClosed: scalars.list(scalars.boolean(), { max: 100 }).nullish(),
  dateLimited: scalars.list(scalars.date({ min: "2000-01-01", max: "2199-12-31" }), { min: 1, max: 5 }).nullish(),
  dateNeeded: scalars.list(scalars.date(), { max: 100 }),
  dateGiven: scalars.list(scalars.date(), { max: 100 }).nullish(),
  dateClosed: scalars.list(scalars.date(), { max: 100 }).nullish(),
  datetimeLimited: scalars.list(scalars.datetime({ min: "2000-01-01T00:00:00.000Z", max: "2199-12-31T23:59:59.000Z" }), { min: 1, max: 5 }).nullish(),
  datetimeNeeded: scalars.list(scalars.datetime(), { max: 100 }),
  datetimeGiven: scalars.list(scalars.datetime(), { max: 100 }).nullish(),
  datetimeClosed: scalars.list(scalars.datetime(), { max: 100 }).nullish(),
  durationLimited: scalars.list(scalars.duration({ min: 1, max: 86400 }), { min: 1, max: 5 }).nullish(),
  durationNeeded: scalars.list(scalars.duration(), { max: 100 }),
  durationGiven: scalars.list(scalars.duration(), { max: 100 }).nullish(),
  durationClosed: scalars.list(scalars.duration(), { max: 100 }).nullish(),
  enumLimited: scalars.list(scalars.choice(enums.colorValues), { min: 1, max: 5 }).nullish(),
  enumNeeded: scalars.list(scalars.choice(enums.colorValues), { max: 100 }),
  enumGiven: scalars.list(scalars.choice(enums.colorValues), { max: 100 }).nullish(),
  enumClosed: scalars.list(scalars.choice(enums.colorValues), { max: 100 }).nullish(),
  uuidLimited: scalars.list(scalars.uuid(), { min: 1, max: 5 }).nullish(),
  uuidNeeded: scalars.list(scalars.uuid(), { max: 100 }),
  uuidGiven: scalars.list(scalars.uuid(), { max: 100 }).nullish(),
  uuidClosed: scalars.list(scalars.uuid(), { max: 100 }).nullish(),
  emailLimited: scalars.list(scalars.email(), { min: 1, max: 5 }).nullish(),
  emailNeeded: scalars.list(scalars.email(), { max: 100 }),
  emailGiven: scalars.list(scalars.email(), { max: 100 }).nullish(),
  emailClosed: scalars.list(scalars.email(), { max: 100 }).nullish(),
  urlLimited: scalars.list(scalars.url(), { min: 1, max: 5 }).nullish(),
  urlNeeded: scalars.list(scalars.url(), { max: 100 }),
  urlGiven: scalars.list(scalars.url(), { max: 100 }).nullish(),
  urlClosed: scalars.list(scalars.url(), { max: 100 }).nullish(),
  phoneLimited: scalars.list(scalars.phone(), { min: 1, max: 5 }).nullish(),
  phoneNeeded: scalars.list(scalars.phone(), { max: 100 }),
  phoneGiven: scalars.list(scalars.phone(), { max: 100 }).nullish(),
  phoneClosed: scalars.list(scalars.phone(), { max: 100 }).nullish(),
};

export const collectionCreate = z.strictObject({
  ...fields,
  stringLimited: fields.stringLimited.default(["Ada", "Bob"]),
  integerLimited: fields.integerLimited.default([4, 5]),
  bigintLimited: fields.bigintLimited.default(["4", "5"]),
  decimalLimited: fields.decimalLimited.default(["4.50", "5.25"]),
  moneyLimited: fields.moneyLimited.default(["4.50", "5.00"]),
  booleanLimited: fields.booleanLimited.default([true, false]),
  dateLimited: fields.dateLimited.default(["2026-05-01", "2026-06-01"]),
  datetimeLimited: fields.datetimeLimited.default(["2026-05-01T06:30:00.000Z", "2026-06-01T06:30:00.000Z"]),
  durationLimited: fields.durationLimited.default([60, 90]),
  enumLimited: fields.enumLimited.default(["red", "blue"]),
  uuidLimited: fields.uuidLimited.default(["6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13", "6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b14"]),
  emailLimited: fields.emailLimited.default(["ada@example.com", "bob@example.com"]),
  urlLimited: fields.urlLimited.default(["https://example.com", "https://example.org/a"]),
  phoneLimited: fields.phoneLimited.default(["+4930123456", "+4930123457"]),
});

export const collectionUpdate = z.strictObject(fields).partial();

export type CollectionCreate = z.input<typeof collectionCreate>;
export type CollectionUpdate = z.input<typeof collectionUpdate>;

export const collectionMeta: api.EntityMeta = {
  name: "Collection",
  path: "/api/collections",
  label: "Collection",
  labelPlural: "Collections",
  display: "id",
  search: false,
  fields: {
    stringLimited: {
      label: "String limited",
      type: "string",
      list: true,
      minLength: 1,
      maxLength: 5,
      pattern: "[A-Z][ 0-9A-Za-z]*",
      default: ["Ada", "Bob"],
    },
    stringNeeded: { label: "String needed", type: "string", list: true, required: true, maxLength: 100 },
    stringFixed: {
      label: "String fixed",
      type: "string",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["Ada", "Bob"],
    },
    stringGiven: { label: "String given", type: "string", list: true, writeOnly: true, maxLength: 100 },
    stringClosed: { label: "String closed", type: "string", list: true, maxLength: 100 },
    integerLimited: {
      label: "Integer limited",
      type: "integer",
      list: true,
      min: -10,
      max: 1000,
      minLength: 1,
      maxLength: 5,
      default: [4, 5],
    },
    integerNeeded: { label: "Integer needed", type: "integer", list: true, required: true, maxLength: 100 },
    integerFixed: { label: "Integer fixed", type: "integer", list: true, readOnly: true, sensitive: true, maxLength: 100, default: [4, 5] },
    integerGiven: { label: "Integer given", type: "integer", list: true, writeOnly: true, maxLength: 100 },
    integerClosed: { label: "Integer closed", type: "integer", list: true, maxLength: 100 },
    bigintLimited: {
      label: "Bigint limited",
      type: "bigint",
      list: true,
      min: "-10",
      max: "9007199254740993",
      minLength: 1,
      maxLength: 5,
      default: ["4", "5"],
    },
    bigintNeeded: { label: "Bigint needed", type: "bigint", list: true, required: true, maxLength: 100 },
    bigintFixed: {
      label: "Bigint fixed",
      type: "bigint",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["4", "5"],
    },
    bigintGiven: { label: "Bigint given", type: "bigint", list: true, writeOnly: true, maxLength: 100 },
    bigintClosed: { label: "Bigint closed", type: "bigint", list: true, maxLength: 100 },
    decimalLimited: {
      label: "Decimal limited",
      type: "decimal",
      list: true,
      digits: 2,
      min: "-10.00",
      max: "999.99",
      minLength: 1,
      maxLength: 5,
      default: ["4.50", "5.25"],
    },
    decimalNeeded: { label: "Decimal needed", type: "decimal", list: true, required: true, digits: 2, maxLength: 100 },
    decimalFixed: {
      label: "Decimal fixed",
      type: "decimal",
      list: true,
      readOnly: true,
      sensitive: true,
      digits: 2,
      maxLength: 100,
      default: ["4.50", "5.25"],
    },
    decimalGiven: { label: "Decimal given", type: "decimal", list: true, writeOnly: true, digits: 2, maxLength: 100 },
    decimalClosed: { label: "Decimal closed", type: "decimal", list: true, digits: 2, maxLength: 100 },
    moneyLimited: {
      label: "Money limited",
      type: "money",
      list: true,
      currency: "EUR",
      digits: 2,
      min: "0.00",
      max: "5000.00",
      minLength: 1,
      maxLength: 5,
      default: ["4.50", "5.00"],
    },
    moneyNeeded: { label: "Money needed", type: "money", list: true, required: true, currency: "EUR", digits: 2, maxLength: 100 },
    moneyFixed: {
      label: "Money fixed",
      type: "money",
      list: true,
      readOnly: true,
      sensitive: true,
      currency: "EUR",
      digits: 2,
      maxLength: 100,
      default: ["4.50", "5.00"],
    },
    moneyGiven: { label: "Money given", type: "money", list: true, writeOnly: true, currency: "EUR", digits: 2, maxLength: 100 },
    moneyClosed: { label: "Money closed", type: "money", list: true, currency: "EUR", digits: 2, maxLength: 100 },
    booleanLimited: { label: "Boolean limited", type: "boolean", list: true, minLength: 1, maxLength: 5, default: [true, false] },
    booleanNeeded: { label: "Boolean needed", type: "boolean", list: true, required: true, maxLength: 100 },
    booleanFixed: {
      label: "Boolean fixed",
      type: "boolean",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: [true, false],
    },
    booleanGiven: { label: "Boolean given", type: "boolean", list: true, writeOnly: true, maxLength: 100 },
    booleanClosed: { label: "Boolean closed", type: "boolean", list: true, maxLength: 100 },
    dateLimited: {
      label: "Date limited",
      type: "date",
      list: true,
      min: "2000-01-01",
      max: "2199-12-31",
      minLength: 1,
      maxLength: 5,
      default: ["2026-05-01", "2026-06-01"],
    },
    dateNeeded: { label: "Date needed", type: "date", list: true, required: true, maxLength: 100 },
    dateFixed: {
      label: "Date fixed",
      type: "date",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["2026-05-01", "2026-06-01"],
    },
    dateGiven: { label: "Date given", type: "date", list: true, writeOnly: true, maxLength: 100 },
    dateClosed: { label: "Date closed", type: "date", list: true, maxLength: 100 },
    datetimeLimited: {
      label: "Datetime limited",
      type: "datetime",
      list: true,
      min: "2000-01-01T00:00:00.000Z",
      max: "2199-12-31T23:59:59.000Z",
      minLength: 1,
      maxLength: 5,
      default: ["2026-05-01T06:30:00.000Z", "2026-06-01T06:30:00.000Z"],
    },
    datetimeNeeded: { label: "Datetime needed", type: "datetime", list: true, required: true, maxLength: 100 },
    datetimeFixed: {
      label: "Datetime fixed",
      type: "datetime",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["2026-05-01T06:30:00.000Z", "2026-06-01T06:30:00.000Z"],
    },
    datetimeGiven: { label: "Datetime given", type: "datetime", list: true, writeOnly: true, maxLength: 100 },
    datetimeClosed: { label: "Datetime closed", type: "datetime", list: true, maxLength: 100 },
    durationLimited: {
      label: "Duration limited",
      type: "duration",
      list: true,
      min: 1,
      max: 86400,
      minLength: 1,
      maxLength: 5,
      default: [60, 90],
    },
    durationNeeded: { label: "Duration needed", type: "duration", list: true, required: true, maxLength: 100 },
    durationFixed: {
      label: "Duration fixed",
      type: "duration",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: [60, 90],
    },
    durationGiven: { label: "Duration given", type: "duration", list: true, writeOnly: true, maxLength: 100 },
    durationClosed: { label: "Duration closed", type: "duration", list: true, maxLength: 100 },
    enumLimited: {
      label: "Enum limited",
      type: "enum",
      list: true,
      options: enums.colorOptions,
      minLength: 1,
      maxLength: 5,
      default: ["red", "blue"],
    },
    enumNeeded: { label: "Enum needed", type: "enum", list: true, required: true, options: enums.colorOptions, maxLength: 100 },
    enumFixed: {
      label: "Enum fixed",
      type: "enum",
      list: true,
      readOnly: true,
      sensitive: true,
      options: enums.colorOptions,
      maxLength: 100,
      default: ["red", "blue"],
    },
    enumGiven: { label: "Enum given", type: "enum", list: true, writeOnly: true, options: enums.colorOptions, maxLength: 100 },
    enumClosed: { label: "Enum closed", type: "enum", list: true, options: enums.colorOptions, maxLength: 100 },
    uuidLimited: {
      label: "Uuid limited",
      type: "uuid",
      list: true,
      minLength: 1,
      maxLength: 5,
      default: ["6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13", "6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b14"],
    },
    uuidNeeded: { label: "Uuid needed", type: "uuid", list: true, required: true, maxLength: 100 },
    uuidFixed: {
      label: "Uuid fixed",
      type: "uuid",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13", "6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b14"],
    },
    uuidGiven: { label: "Uuid given", type: "uuid", list: true, writeOnly: true, maxLength: 100 },
    uuidClosed: { label: "Uuid closed", type: "uuid", list: true, maxLength: 100 },
    emailLimited: {
      label: "Email limited",
      type: "email",
      list: true,
      minLength: 1,
      maxLength: 5,
      default: ["ada@example.com", "bob@example.com"],
    },
    emailNeeded: { label: "Email needed", type: "email", list: true, required: true, maxLength: 100 },
    emailFixed: {
      label: "Email fixed",
      type: "email",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["ada@example.com", "bob@example.com"],
    },
    emailGiven: { label: "Email given", type: "email", list: true, writeOnly: true, maxLength: 100 },
    emailClosed: { label: "Email closed", type: "email", list: true, maxLength: 100 },
    urlLimited: {
      label: "Url limited",
      type: "url",
      list: true,
      minLength: 1,
      maxLength: 5,
      default: ["https://example.com", "https://example.org/a"],
    },
    urlNeeded: { label: "Url needed", type: "url", list: true, required: true, maxLength: 100 },
    urlFixed: {
      label: "Url fixed",
      type: "url",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["https://example.com", "https://example.org/a"],
    },
    urlGiven: { label: "Url given", type: "url", list: true, writeOnly: true, maxLength: 100 },
    urlClosed: { label: "Url closed", type: "url", list: true, maxLength: 100 },
    phoneLimited: {
      label: "Phone limited",
      type: "phone",
      list: true,
      minLength: 1,
      maxLength: 5,
      default: ["+4930123456", "+4930123457"],
    },
    phoneNeeded: { label: "Phone needed", type: "phone", list: true, required: true, maxLength: 100 },
    phoneFixed: {
      label: "Phone fixed",
      type: "phone",
      list: true,
      readOnly: true,
      sensitive: true,
      maxLength: 100,
      default: ["+4930123456", "+4930123457"],
    },
    phoneGiven: { label: "Phone given", type: "phone", list: true, writeOnly: true, maxLength: 100 },
    phoneClosed: { label: "Phone closed", type: "phone", list: true, maxLength: 100 },
  },
  relations: {},
  transitions: {},
};
