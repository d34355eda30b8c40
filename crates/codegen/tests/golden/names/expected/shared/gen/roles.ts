/** The roles that people can have. */
export const roleNames = ["default", "Admin"] as const;

export type RoleName = (typeof roleNames)[number];

export const roleLabels: { [name in RoleName]: string } = {
  default: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
  Admin: "Admin",
};

/** The roles that may list people and give them roles. */
export const adminRoles: readonly RoleName[] = ["Admin"];
