import * as z from "zod";
import * as enums from "./enums.ts";
import * as scalars from "./scalars.ts";
import type { Object_ } from "./object.ts";
import type * as api from "./types.ts";

/** "; drop table x; -- </script>${process.exit()}`*⁠/\u0000 {{=1}} [% *⁠/ // */
export interface Class {
  id: string;
  createdAt: string;
  updatedAt: string;
  delete: string;
  where: number | null;
  await: boolean | null;
  new: enums.Enum | null;
  type: string | null;
  function: string | null;
  import: api.JsonValue | null;
  var: string | null;
  eval: string | null;
  URL: string | null;
  user: string | null;
  order: number | null;
  offset: number | null;
  table: string | null;
  status: enums.Enum;
  extendsId: string | null;
  extends: api.Included<Class> | null;
  objectIds: string[];
  object: api.Included<Object_>[];
  interface?: Class[];
  /** What the one who asks may do with it. */
  can: { update: boolean; delete: boolean; transitions: ClassTransition[] };
}

export type ClassTransition = "return" | "throw";

const fields = {
  delete: scalars.text({ min: 1, max: 255 }),
  where: scalars.integer().nullish(),
  await: scalars.boolean().nullish(),
  new: scalars.choice(enums.enum_Values).nullish(),
  type: scalars.text({ max: 255, pattern: "[^\"'<>`]*" }).nullish(),
  function: scalars.date().nullish(),
  import: scalars.json().nullish(),
  var: scalars.text({ max: 100000 }).nullish(),
  eval: scalars.text({ max: 255 }).nullish(),
  URL: scalars.url({ max: 2048 }).nullish(),
  user: scalars.text({ max: 255 }).nullish(),
  order: scalars.integer().nullish(),
  offset: scalars.integer().nullish(),
  table: scalars.text({ max: 255 }).nullish(),
  extendsId: scalars.id().nullish(),
  objectIds: scalars.list(scalars.id()).optional(),
};

export const class_Create = z.strictObject({
  ...fields,
  delete: fields.delete.default("it's \\ \"quoted\" `${1}` <\u002fscript>"),
  new: fields.new.default("null"),
  import: fields.import.default({ "<\u002fscript>": "${x}" }),
});

export const class_Update = z.strictObject(fields).partial();

export type ClassCreate = z.input<typeof class_Create>;
export type ClassUpdate = z.input<typeof class_Update>;

export const class_Meta: api.EntityMeta = {
  name: "Class",
  path: "/api/classes",
  label: "Klasse \"A\" & <b>B<\u002fb>",
  labelPlural: "Klassen",
  display: "delete",
  search: true,
  fields: {
    delete: {
      label: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
      type: "string",
      help: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
      required: true,
      maxLength: 255,
      default: "it's \\ \"quoted\" `${1}` <\u002fscript>",
    },
    where: { label: "Where", type: "integer" },
    await: { label: "Await", type: "boolean" },
    new: { label: "New", type: "enum", options: enums.enum_Options, default: "null" },
    type: { label: "Type", type: "string", maxLength: 255, pattern: "[^\"'<>`]*" },
    function: { label: "Function", type: "date" },
    import: { label: "Import", type: "json", default: { "<\u002fscript>": "${x}" } },
    var: { label: "Var", type: "text", maxLength: 100000 },
    eval: { label: "Eval", type: "string", maxLength: 255 },
    URL: { label: "URL", type: "url", maxLength: 2048 },
    user: { label: "User", type: "string", maxLength: 255 },
    order: { label: "Order", type: "integer" },
    offset: { label: "Offset", type: "integer" },
    table: { label: "Table", type: "string", maxLength: 255 },
    status: { label: "Status", type: "enum", required: true, states: true, options: enums.enum_Options, default: "null" },
  },
  relations: {
    extends: {
      label: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
      kind: "manyToOne",
      key: "extendsId",
      target: "Class",
      path: "/api/classes",
    },
    object: { label: "Object", kind: "manyToMany", key: "objectIds", target: "Object", path: "/api/objects" },
  },
  transitions: {
    return: {
      label: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
      path: "return",
      field: "status",
      from: ["null"],
      to: "undefined",
    },
    throw: { label: "Throw", path: "throw", field: "status", from: ["null", "undefined"], to: "true" },
  },
};
