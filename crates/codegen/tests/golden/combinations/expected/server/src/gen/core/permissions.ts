import type { RoleName } from "../../../../shared/gen/roles.ts";
import { type Query, quote } from "./db.ts";
import type { Entity } from "./entity.ts";

/** The person who asks; null when nobody is signed in. */
export type Viewer = Person | null;

export interface Person {
  id: string;
  email: string;
  name: string;
  roles: RoleName[];
}

/** One line of who may do something, and whether only with their own records. */
export interface Grant {
  who: "everyone" | "signedIn" | { role: RoleName };
  /** The property that names the owner: "createdBy" or the key of a relation to a person. */
  owner?: string;
}

/** Who may do what. The lines of a list are alternatives; what no line allows is refused. */
export interface Permissions {
  read: Grant[];
  create: Grant[];
  update: Grant[];
  delete: Grant[];
  /** Narrower than the above. */
  fields?: { [name: string]: { read?: Grant[]; write?: Grant[] } };
  transitions?: { [name: string]: Grant[] };
}

interface Options {
  owner: string;
}

/** Anybody, signed in or not. */
export function everyone(options?: Options): Grant {
  return { who: "everyone", ...options };
}

export function signedIn(options?: Options): Grant {
  return { who: "signedIn", ...options };
}

export function role(name: RoleName, options?: Options): Grant {
  return { who: { role: name }, ...options };
}

/** Whether a line is about this person, on their own records or on all. */
export function concerns(grant: Grant, viewer: Viewer): boolean {
  if (grant.owner !== undefined && viewer === null) return false;
  if (grant.who === "everyone") return true;
  if (viewer === null) return false;
  return grant.who === "signedIn" || viewer.roles.includes(grant.who.role);
}

/** Whether this person may do it with at least some records. */
export function allowsSome(grants: Grant[], viewer: Viewer): boolean {
  return grants.some((grant) => concerns(grant, viewer));
}

/** Whether this person may do it with a record that has these owners. */
export function allows(grants: Grant[], viewer: Viewer, ownerOf: (owner: string) => unknown): boolean {
  return grants.some((grant) => concerns(grant, viewer) && (grant.owner === undefined || ownerOf(grant.owner) === viewer?.id));
}

/** The same as a condition in SQL on the row called `alias`. */
export function condition(entity: Entity, grants: Grant[], viewer: Viewer, query: Query, alias: string): string {
  const lines = grants.filter((grant) => concerns(grant, viewer));
  const owners = lines.flatMap(({ owner }) => owner ?? []);
  if (owners.length < lines.length) return "true";
  if (viewer === null || owners.length === 0) return "false";
  const own = [...new Set(owners)].map((owner) => `${alias}.${quote(ownerColumn(entity, owner))} = ${query.bind(viewer.id, "uuid")}`);
  // An owner that is empty is nobody's: the condition is false then, not unknown.
  return `coalesce(${own.join(" or ")}, false)`;
}

/** The condition under which this person sees a row. */
export function visible(entity: Entity, viewer: Viewer, query: Query, alias: string): string {
  return condition(entity, entity.permissions.read, viewer, query, alias);
}

function ownerColumn(entity: Entity, owner: string): string {
  if (owner === "createdBy") return "created_by";
  for (const relation of Object.values(entity.relations)) {
    if (relation.key === owner && relation.kind === "toOne") return relation.column;
  }
  throw new Error(`${entity.name} has no owner ${owner}`);
}
