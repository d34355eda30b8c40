import { class_Create, class_Update } from "../../../../shared/gen/class.ts";
import type { Entity } from "../core/entity.ts";
import { object_Entity } from "../object/entity.ts";
import { enum_Ids } from "../enums.ts";
import { permissions } from "./permissions.ts";

/** "; drop table x; -- </script>${process.exit()}`*⁠/\u0000 {{=1}} [% *⁠/ // */
export const class_Entity: Entity = {
  name: "Class",
  label: "Klasse \"A\" & <b>B<\u002fb>",
  path: "classes",
  table: "classes",
  display: "delete",
  fields: {
    delete: { column: "delete", type: "string", searchable: true },
    where: { column: "where", type: "integer" },
    await: { column: "await", type: "boolean" },
    new: { column: "new", type: "enum", values: enum_Ids },
    type: { column: "type", type: "string" },
    function: { column: "function", type: "date" },
    import: { column: "import", type: "json" },
    var: { column: "var", type: "text" },
    eval: { column: "eval", type: "string" },
    URL: { column: "url", type: "url" },
    user: { column: "user_", type: "string" },
    order: { column: "order", type: "integer" },
    offset: { column: "offset", type: "integer" },
    table: { column: "table", type: "string" },
    status: { column: "status", type: "enum", values: enum_Ids, initial: "null" },
  },
  relations: {
    extends: { kind: "toOne", key: "extendsId", column: "extends_id", target: () => class_Entity },
    object: { kind: "toMany", key: "objectIds", join: "classes_object", target: () => object_Entity },
  },
  inverses: {
    interface: { entity: () => class_Entity, relation: "extends" },
  },
  transitions: {
    return: { path: "return", field: "status", from: ["null"], to: "undefined" },
    throw: { path: "throw", field: "status", from: ["null", "undefined"], to: "true" },
  },
  constraints: {
    classes_where_order_key: {
      status: 409,
      pointer: "/where",
      detail: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
    },
  },
  create: class_Create,
  update: class_Update,
  permissions,
};
