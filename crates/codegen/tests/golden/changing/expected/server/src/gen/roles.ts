import { type RoleName, adminRoles, roleNames } from "../../../shared/gen/roles.ts";

/** What the database keeps for each role: a role can be renamed without touching anybody. */
const roleIds: { readonly [name in RoleName]: string } = {
  mechanic: "fitter",
};

/** The roles that everybody has who signs up. */
const signUpRoles: readonly RoleName[] = ["mechanic"];

export const signUpRoleIds = rolesToIds(signUpRoles);
export const adminRoleIds = rolesToIds(adminRoles);

export function rolesToIds(names: readonly RoleName[]): string[] {
  return names.map((name) => roleIds[name]);
}

/** Roles that the app no longer has are left out. */
export function rolesFromIds(ids: readonly string[]): RoleName[] {
  return roleNames.filter((name) => ids.includes(roleIds[name]));
}
